"""What the trained assistant makes of texts: JSON lines in, JSON lines out.

``python -m bot.understand MODEL STEP`` reads ``{"text": ...}`` lines from standard input and writes
``{"intent": ..., "confidence": ...}`` lines. STEP is the step that is open, as in a bubble; a line
may name its own as ``"step"``.
"""

from __future__ import annotations

import asyncio
import json
import sys

from rasa.core.agent import load_agent
from rasa.core.channels.channel import UserMessage


async def understand(model: str, step: str) -> None:
    """Answers every line of standard input, in order."""
    agent = await load_agent(model_path=model)
    if agent.processor is None:
        raise SystemExit(f"{model}: the model cannot be loaded")
    for line in sys.stdin:
        if not line.strip():
            continue
        row = json.loads(line)
        text = row["text"]
        if text.strip().startswith("/"):
            text = "\u2060" + text
        message = UserMessage(text=text, metadata={"step": row.get("step", step)})
        parsed = await agent.processor.parse_message(message)
        intent = parsed["intent"]
        answer = {"intent": intent["name"], "confidence": round(float(intent["confidence"]), 4)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    asyncio.run(understand(sys.argv[1], sys.argv[2]))
