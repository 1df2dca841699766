#!/usr/bin/env bash
# Installs Mesa's software Vulkan on Debian, so that the WebGPU provider runs without a GPU. Version 25 is the oldest that
# it accepts: bookworm has it in its backports, trixie and later as it is. Needs root.
set -euo pipefail

. /etc/os-release
if [ "${ID:-}" != debian ]; then
  echo "this is ${PRETTY_NAME:-no Debian}: install Mesa 25 or newer with lavapipe (mesa-vulkan-drivers) by its own package manager" >&2
  exit 2
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "apt-get needs root: sudo bash $0" >&2
  exit 2
fi
export DEBIAN_FRONTEND=noninteractive
target=()
if [ "$VERSION_CODENAME" = bookworm ]; then
  list=/etc/apt/sources.list.d/bookworm-backports.list
  if ! apt-get indextargets --format '$(CODENAME)' | grep -qx bookworm-backports; then
    # The mirror that the machine already uses.
    mirror=$(apt-get indextargets --format '$(CODENAME) $(REPO_URI)' | awk '$1 == "bookworm" { print $2; exit }')
    if [ -z "$mirror" ]; then
      echo "no source of packages for bookworm was found: run apt-get update, and see /etc/apt/sources.list" >&2
      exit 2
    fi
    echo "deb $mirror bookworm-backports main" > "$list"
  fi
  target=(-t bookworm-backports)
fi
apt-get update -qq
apt-get install -y -qq "${target[@]}" mesa-vulkan-drivers > /dev/null
dpkg-query --show --showformat 'mesa-vulkan-drivers ${Version}\n' mesa-vulkan-drivers
