"""The CPU capability whose kernels PyTorch uses: chosen by an environment variable, once, before torch is imported."""

import os
from pathlib import Path

CAPABILITIES = ("default", "avx2")


class Unavailable(Exception):
    """This machine, or this build of PyTorch, cannot run with the capability that was asked for."""


def use(name):
    """Choose the capability, import torch, and make sure that the choice took effect. One capability a process."""
    os.environ["ATEN_CPU_CAPABILITY"] = name
    import torch

    # The variable is believed without a look at the processor, which then dies of an illegal instruction.
    if name == "avx2" and not torch.cpu._is_avx2_supported():
        raise Unavailable("this processor has no AVX2, so the capability avx2 cannot be run here")
    actual = torch.backends.cpu.get_cpu_capability().lower()
    if actual != name:
        raise Unavailable(f"the capability {name} was asked for, but PyTorch runs with {actual}")
    torch.set_num_threads(1)


def processor():
    """The processor's name with family, model and stepping, since a virtual machine may hide what it is; "unknown"
    where the system does not say."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        import platform

        return platform.processor() or "unknown"
    said = {}
    for line in lines:
        key, colon, value = line.partition(":")
        if colon:
            said.setdefault(key.strip(), value.strip())
    name = said.get("model name", "unknown")
    details = [f"{key} {said[key]}" for key in ("cpu family", "model", "stepping") if key in said]
    return ", ".join([name, *details])
