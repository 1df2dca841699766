#!/usr/bin/env bash
# Fails the job with the gate's status, or not, as the input fail-on says.
set -uo pipefail

case $GATE_FAIL_ON in
  failure) ;;
  never) exit 0 ;;
  broken-run) [[ $GATE_STATUS -gt 1 ]] || exit 0 ;;
  worse)
    if [[ $GATE_STATUS -eq 0 && $GATE_CHANGED == worse ]]; then
      echo "::error title=RMSprop conformance::It passed, but something has become worse since the last report"
      exit 1
    fi
    ;;
  # It was refused before, so nothing was judged.
  *) [[ $GATE_STATUS -gt 1 ]] || exit 2 ;;
esac
exit "$GATE_STATUS"
