"""Makes the modules of scripts/golden importable: wire forms, inputs by key, the correct root, the CPU capability."""

import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "golden"

sys.path.append(str(FOLDER))
