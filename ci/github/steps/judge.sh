#!/usr/bin/env bash
# Runs the gate, or puts the reports of shards together. It never fails: the exit status is an output, so that the report is
# published whatever it says.
set -uo pipefail

suite=$RUNNER_TEMP/rmsprop-conformance/node_modules/rmsprop-conformance/scripts/rmsprop-conformance.mjs
report=$(mktemp -d "$RUNNER_TEMP/rmsprop-report.XXXXXX")
status=0

# Ends the step, and the run as bad input.
refuse() {
  echo "::error title=RMSprop conformance::$1"
  finish 2
}

finish() {
  { echo "status=$1"; echo "report-dir=$report"; } >> "$GITHUB_OUTPUT"
  exit 0
}

# Sets words to the words of a command line. xargs knows quotes and backslashes, and expands nothing.
split() {
  words=()
  [[ $1 =~ [^[:space:]] ]] || return 0
  local lines word
  lines=$(printf '%s\n' "$1" | xargs printf '%s\n' && echo end) || return 1
  while IFS= read -r word; do words+=("$word"); done <<< "${lines%$'\n'end}"
}

# Adds --name=value unless the value is empty. With "=", a value that begins with a hyphen stays a value.
option() {
  [[ -z $2 ]] || arguments+=("$1=$2")
}

case $GATE_FAIL_ON in
  failure | worse | broken-run | never) ;;
  *) refuse "The input fail-on must be failure, worse, broken-run or never" ;;
esac

# Annotations are printed by themselves later: in between, what the log shows is text and no command.
reporters=$(tr ',' '\n' <<< "$GATE_REPORTERS" | sed 's/^[[:space:]]*//; s/[[:space:]]*$//' | grep -vx -e github -e '' | paste -sd , -)

if [[ -n $GATE_MERGE ]]; then
  for given in "$GATE_ADAPTER" "$GATE_PROFILE" "$GATE_LEVEL" "$GATE_DIALECT" "$GATE_SEED" "$GATE_SHARD" "$GATE_OPTIONS"; do
    [[ -z $given ]] || refuse "The input merge puts reports together; of what a gate is told it takes working-directory, expectations and reporters alone"
  done
  folder=$(cd -- "$GATE_MERGE" && pwd) || refuse "The input merge names no folder"
  arguments=(report merge)
  while IFS= read -r -d '' shard; do arguments+=("$shard"); done < <(find "$folder" -name report.jsonl -type f -print0 | sort -z)
  [[ ${#arguments[@]} -gt 2 ]] || refuse "The folder of the input merge holds no report.jsonl"
  arguments+=("--report-dir=$report")
  option --expect "$GATE_EXPECTATIONS"
  option --reporter "$reporters"
else
  # Without an adapter the suite would judge its own implementation, and everybody would be pleased.
  split "$GATE_ADAPTER" || refuse "The input adapter has a quote that is not closed"
  [[ ${#words[@]} -gt 0 ]] || refuse "The input adapter is empty; it is the command line that starts the adapter, as in python3 adapter.py"
  adapter=("${words[@]}")
  split "$GATE_OPTIONS" || refuse "The input options has a quote that is not closed"
  arguments=(gate)
  option --profile "$GATE_PROFILE"
  option --level "$GATE_LEVEL"
  option --dialect "$GATE_DIALECT"
  option --expect "$GATE_EXPECTATIONS"
  option --seed "$GATE_SEED"
  option --shard "$GATE_SHARD"
  option --reporter "$reporters"
  [[ ${#words[@]} -eq 0 ]] || arguments+=("${words[@]}")
  arguments+=("--report-dir=$report" -- "${adapter[@]}")
fi

# The runner obeys log lines that look like its commands. The implementation under test must not be able to write one.
token=$(node -p 'crypto.randomUUID()')
echo "::stop-commands::$token"
node "$suite" "${arguments[@]}" || status=$?
echo "::$token::"
finish "$status"
