#!/usr/bin/env bash
# Annotations, step summary, what has changed since the last report, and the outputs.
set -uo pipefail

suite=$RUNNER_TEMP/rmsprop-conformance/node_modules/rmsprop-conformance/scripts/rmsprop-conformance.mjs
report=$GATE_REPORT_DIR/report.jsonl
last=$GATE_LAST/report.jsonl

case $GATE_STATUS in
  0) outcome=passed ;;
  1) outcome=failed ;;
  2) outcome=bad-input ;;
  3) outcome=adapter-fails ;;
  4) outcome=inconclusive ;;
  5) outcome=self-check-failed ;;
  *) outcome=broken ;;
esac
echo "outcome=$outcome" >> "$GITHUB_OUTPUT"

if [[ ! -f $report ]]; then
  echo "::error title=RMSprop conformance::There is no report ($outcome); the step before this one says why"
  printf '**RMSprop conformance:** there is no report (%s); the log says why.\n' "$outcome" >> "$GITHUB_STEP_SUMMARY"
  exit 0
fi

# The footer is the last line. Its level is one of a few words; nothing else may reach an output.
level=$(node -e '
  const lines = require("node:fs").readFileSync(process.argv[1], "utf8").trimEnd().split("\n");
  const { reached } = JSON.parse(lines.at(-1));
  if (!/^(L\d|none)$/.test(reached)) throw new Error("the last line of report.jsonl has no level");
  console.log(reached);
' "$report")
{ echo "level=$level"; echo "report=$report"; } >> "$GITHUB_OUTPUT"

if [[ ,${GATE_REPORTERS//[[:space:]]/}, == *,github,* ]]; then
  node "$suite" report "$report" --reporter github
fi

# GitHub refuses a whole summary that is larger than 1 MiB.
summary=$GATE_REPORT_DIR/summary.md
if [[ -f $summary ]]; then
  if [[ $(wc -c < "$summary") -le 1000000 ]]; then
    cat "$summary" >> "$GITHUB_STEP_SUMMARY"
  else
    printf '**RMSprop conformance:** %s. The summary is too large to show; it is in the artifact.\n' "$outcome" >> "$GITHUB_STEP_SUMMARY"
  fi
fi

[[ $GATE_COMPARE == true ]] || exit 0
if [[ -f $last ]]; then
  token=$(node -p 'crypto.randomUUID()')
  echo "::stop-commands::$token"
  status=0
  node "$suite" report diff "$last" "$report" > "$RUNNER_TEMP/rmsprop-changes.txt" || status=$?
  cat "$RUNNER_TEMP/rmsprop-changes.txt"
  echo "::$token::"
  case $status in
    0) changed=not-worse ;;
    1) changed=worse ;;
    *) changed= ;;
  esac
  echo "changed=$changed" >> "$GITHUB_OUTPUT"
  # Indented by four, every line is code, whatever stands in it.
  if [[ -n $changed ]]; then
    { printf '\n### Since the last report\n\n'; sed 's/^/    /' "$RUNNER_TEMP/rmsprop-changes.txt"; printf '\n'; } >> "$GITHUB_STEP_SUMMARY"
  fi
fi
# What a pull request does is no measure for the next one, and half a run none for anybody.
if [[ $GITHUB_EVENT_NAME != pull_request* && $GATE_STATUS -le 1 ]]; then
  mkdir -p "$GATE_LAST"
  cp "$report" "$last"
  echo "keep=true" >> "$GITHUB_OUTPUT"
fi
