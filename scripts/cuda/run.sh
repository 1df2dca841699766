#!/usr/bin/env bash
# Unpacks what pack.mjs packed and runs it on this machine: the suite on itself, its ONNX training graphs on CUDA, and
# PyTorch's own RMSprop on CUDA where a python3 has it. Needs no network and no privileges. See README.md of the pack.
#
#   bash run.sh [--out FOLDER] [--work FOLDER] [--python PATH] [--limit SECONDS] [--check]
#
# Exit: 0 everything was run and conforms · 1 something does not · 2 usage, or the pack is not whole · 4 something was
# not run, for want of a GPU, say
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd) || exit 2
name=rmsprop-cuda
out=$PWD/$name-report
work=
python=python3
limit=300
check_only=

usage() {
  echo "usage: bash run.sh [--out FOLDER] [--work FOLDER] [--python PATH] [--limit SECONDS] [--check]"
  echo "  --out FOLDER    the report (default $name-report); FOLDER.tar.gz has it in one file"
  echo "  --work FOLDER   where the pack is unpacked; kept and used again (default: a temporary folder)"
  echo "  --python PATH   a Python with PyTorch (default python3)"
  echo "  --limit SECONDS the most that one step may take (default $limit)"
  echo "  --check         only see whether every part is here and whole"
}

refuse() {
  echo "run.sh: $1" >&2
  exit 2
}

while [ $# -gt 0 ]; do
  case $1 in
    --out | --work | --python | --limit)
      [ $# -ge 2 ] || refuse "$1 needs a value"
      case $1 in --out) out=$2 ;; --work) work=$2 ;; --python) python=$2 ;; --limit) limit=$2 ;; esac
      shift 2
      ;;
    --check) check_only=1 && shift ;;
    --help) usage && exit 0 ;;
    *) usage >&2 && refuse "there is no option $1" ;;
  esac
done

case $limit in '' | *[!0-9]* | 0) refuse "--limit must be a whole number of seconds, but is \"$limit\"" ;; esac
for tool in sha256sum tar gzip mktemp timeout; do
  command -v "$tool" > /dev/null || refuse "$tool is needed and is not in PATH"
done
[ "$(uname -sm)" = "Linux x86_64" ] || refuse "the pack is for Linux x86_64; this is $(uname -sm)"

# Every part, before anything is unpacked.
[ -f "$here/parts.sha256" ] || refuse "parts.sha256 is missing next to run.sh; copy the whole pack"
parts=()
while read -r expected part; do
  parts+=("$here/$part")
  [ -f "$here/$part" ] || refuse "$part is missing; copy it next to run.sh"
  read -r actual _ < <(sha256sum "$here/$part") || refuse "$part cannot be read"
  [ "$actual" = "$expected" ] ||
    refuse "$part is damaged: SHA-256 $actual instead of $expected; copy it again"
done < "$here/parts.sha256"
[ "${#parts[@]}" -gt 0 ] || refuse "parts.sha256 lists no parts; copy it again"
echo "${#parts[@]} parts, every SHA-256 as listed"
[ -z "$check_only" ] || exit 0

if [ -z "$work" ]; then
  work=$(mktemp -d "${TMPDIR:-/tmp}/$name.XXXXXX") || refuse "no temporary folder can be made; give --work FOLDER"
  trap 'rm -rf "$work"' EXIT
fi
mkdir -p "$work" "$out" || refuse "$work and $out must be writable"
work=$(cd "$work" && pwd)
out=$(cd "$out" && pwd)
if ! (cd "$work" && [ -f files.sha256 ] && sha256sum --check --quiet files.sha256) > /dev/null 2>&1; then
  cat "${parts[@]}" | tar -xzf - -C "$work" || refuse "the parts cannot be unpacked into $work; is there room?"
  (cd "$work" && sha256sum --check --quiet files.sha256) || refuse "what was unpacked is not what was packed"
fi
echo "unpacked, every file as listed"

node=$work/node/bin/node
app=$work/app
cli=$app/dist/src/cli/main.js
"$node" --version > /dev/null || refuse "the packed Node does not start here"

summary=$out/summary.txt
: > "$summary"
failed=0
missing=0

say() {
  echo "$1" | tee -a "$summary"
}

not_run() {
  missing=1
  say "not run   $1: $2"
}

# run NAME WHAT COMMAND…: its output goes to NAME.log, what it prints as a result to NAME.out
run() {
  local file=$1 what=$2 status
  shift 2
  timeout --kill-after=10 "$limit" "$@" > "$out/$file.out" 2> "$out/$file.log" < /dev/null
  status=$?
  case $status in
    0) say "ran       $what: $(result "$file")" ;;
    4) not_run "$what" "$(result "$file")" ;;
    124 | 137) not_run "$what" "not done after $limit seconds (--limit)" ;;
    *)
      failed=1
      say "FAILED    $what: exit $status: $(result "$file")"
      ;;
  esac
  return "$status"
}

# The line that says how it went: a gate's verdict, or the last one of what it printed or complained of.
result() {
  local file
  for file in "$out/$1.out" "$out/$1.log"; do
    if grep -m 1 -E '^(PASSED|XFAILED|FAILED|INCONCLUSIVE)' "$file" | cut -c 1-300 | grep .; then return; fi
  done
  for file in "$out/$1.out" "$out/$1.log"; do
    if grep -v '^[[:space:]]*$' "$file" | tail -n 1 | cut -c 1-300 | grep .; then return; fi
  done
}

say "node $("$node" --version), $(uname -sr)"
run gate "gate of the bundled implementation, evaluation cuda" \
  "$node" "$cli" gate --evaluation cuda --profile smoke

# The driver's tools and libraries are somewhere, even if they are not in PATH.
driver=
for folder in /usr/local/nvidia/lib64 /usr/lib/x86_64-linux-gnu /usr/lib64 /usr/lib/wsl/lib; do
  [ ! -e "$folder/libcuda.so.1" ] || driver=$driver:$folder
done
smi=$(PATH=$PATH:/usr/local/nvidia/bin:/usr/lib/wsl/lib command -v nvidia-smi) || smi=
gpus=
[ -z "$smi" ] || gpus=$(LD_LIBRARY_PATH=${LD_LIBRARY_PATH:-}$driver "$smi" -L 2> /dev/null | grep '^GPU ')
[ -n "$gpus" ] || [ ! -e /dev/nvidia0 ] || gpus="GPU of /dev/nvidia0"
if [ -n "$gpus" ]; then say "$gpus"; else say "no NVIDIA GPU: nvidia-smi lists none, and there is no /dev/nvidia0"; fi

torch=
if command -v "$python" > /dev/null; then
  torch=$("$python" -c 'import numpy, torch; print(torch.__version__, torch.version.cuda if torch.cuda.is_available() else "")' 2> "$out/python.log") || torch=
fi

# The CUDA provider is linked with the CUDA libraries of NVIDIA's Python packages or of a toolkit.
provider=$(dirname "$(find "$app/node_modules/onnxruntime-node/bin" -name libonnxruntime_providers_cuda.so)")
libraries=$provider$driver
if command -v "$python" > /dev/null; then
  packaged=$("$python" -c 'import glob, sysconfig; print(":".join(glob.glob(sysconfig.get_paths()["purelib"] + "/nvidia/*/lib")))' 2> /dev/null)
  [ -z "$packaged" ] || libraries=$libraries:$packaged
fi
for folder in /usr/local/cuda/lib64 /usr/local/cuda/targets/x86_64-linux/lib; do
  [ ! -d "$folder" ] || libraries=$libraries:$folder
done
libraries=$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}

onnx="ONNX training graphs on CUDA"
if [ -z "$gpus" ]; then
  not_run "$onnx" "no NVIDIA GPU"
elif ! "$node" "$cli" onnx --help 2> /dev/null | grep -q -- --provider; then
  not_run "$onnx" "this suite has no command onnx"
else
  lacking=
  ! command -v ldd > /dev/null ||
    lacking=$(LD_LIBRARY_PATH=$libraries ldd "$provider/libonnxruntime_providers_cuda.so" | sed -n 's/ => not found//p' | tr -s '\t\n' ' ')
  if [ -n "$lacking" ]; then
    not_run "$onnx" "libraries that the CUDA provider needs are missing:$lacking"
  else
    # Matrix products in float32, not in the ten bits of TF32.
    run onnx-cuda "$onnx" env LD_LIBRARY_PATH="$libraries" NVIDIA_TF32_OVERRIDE=0 \
      "$node" "$cli" onnx --provider cuda --json
  fi
fi

if [ -z "$gpus" ]; then
  not_run "PyTorch on CUDA" "no NVIDIA GPU"
elif [ -z "$torch" ]; then
  not_run "PyTorch on CUDA" "$python has no PyTorch and NumPy (--python PATH)"
elif [ -z "${torch#* }" ]; then
  not_run "PyTorch on CUDA" "PyTorch ${torch%% *} of $python sees no CUDA device"
else
  say "PyTorch ${torch%% *}, CUDA ${torch#* }"
  bits="the traces' bits against the evaluation cuda"
  if run trace "PyTorch's traces on CUDA" \
    "$python" "$app/scripts/cuda/trace.py" --programs "$app/golden/torch/programs" --out "$out/traces"; then
    run judge-traces "$bits" "$node" "$app/scripts/cuda/judge-traces.mjs" "$out/traces"
  else
    not_run "$bits" "there are no traces"
  fi
  for mode in "" --foreach; do
    run "gate-torch$mode" "gate of PyTorch on CUDA, evaluation cuda${mode:+, $mode}" \
      "$node" "$cli" gate --evaluation cuda --profile smoke --report-dir "$out/gate-torch$mode" -- \
      "$python" "$app/adapters/pytorch/torch_rmsprop.py" --device cuda $mode
  done
fi

tar -czf "$out.tar.gz" -C "$(dirname "$out")" "$(basename "$out")" || refuse "$out.tar.gz cannot be written"
echo "report: $out.tar.gz"
[ "$failed" -eq 0 ] || exit 1
[ "$missing" -eq 0 ] || exit 4
