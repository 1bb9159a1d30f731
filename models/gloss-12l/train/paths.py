"""Where things lie: WORK is ignored by git, MODEL is what is published."""
from pathlib import Path

TRAIN = Path(__file__).resolve().parent
MODEL = TRAIN.parent
WORK = TRAIN / "work"
WORK.mkdir(exist_ok=True)
