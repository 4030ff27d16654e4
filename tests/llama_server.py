"""llama.cpp itself, serving a language model of 350 kB whose weights are drawn at random.

What such a model writes means nothing, but the server holds it to the JSON schema that we send.
``python tests/llama_server.py FOLDER`` makes and serves it, and prints the address.
"""

from __future__ import annotations

import string
import sys
import threading
from pathlib import Path

import gguf
import numpy as np
import xllamacpp

WIDTH, INNER, HEADS, TOKENS = 64, 128, 4, 4096
NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6
TEMPLATE = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant:"
USUAL = {*string.ascii_letters, *string.digits, *'":,'}
"""The letters it writes by itself; brackets only where the schema leaves no choice."""


def make(path: Path) -> None:
    """Writes the model: one layer, and a vocabulary of single letters and bytes."""
    rng = np.random.default_rng(0)
    signs = ["\u2581", *map(chr, range(33, 127))]
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), *signs]
    types = [UNKNOWN, CONTROL, CONTROL, *[BYTE] * 256, *[NORMAL] * len(signs)]
    out = gguf.GGUFWriter(str(path), "llama")
    out.add_context_length(TOKENS)
    out.add_embedding_length(WIDTH)
    out.add_block_count(1)
    out.add_feed_forward_length(INNER)
    out.add_head_count(HEADS)
    out.add_head_count_kv(HEADS)
    out.add_layer_norm_rms_eps(1e-5)
    out.add_rope_dimension_count(WIDTH // HEADS)
    out.add_vocab_size(len(tokens))
    out.add_tokenizer_model("llama")
    out.add_token_list(tokens)
    out.add_token_scores([-float(place) for place in range(len(tokens))])
    out.add_token_types(types)
    out.add_bos_token_id(1)
    out.add_eos_token_id(2)
    out.add_unk_token_id(0)
    out.add_chat_template(TEMPLATE)
    shapes = {
        "token_embd": (len(tokens), WIDTH),
        "output": (len(tokens), WIDTH),
        **{f"blk.0.attn_{part}": (WIDTH, WIDTH) for part in ("q", "k", "v", "output")},
        "blk.0.ffn_gate": (INNER, WIDTH),
        "blk.0.ffn_up": (INNER, WIDTH),
        "blk.0.ffn_down": (WIDTH, INNER),
    }
    weights = {
        name: (0.1 * rng.normal(size=shape)).astype(np.float32) for name, shape in shapes.items()
    }
    # The first number of every state is high; by it the unusual tokens get a low chance.
    weights["token_embd"][:, 0] = 10.0
    weights["output"][[each not in USUAL for each in tokens], 0] = -5.0
    for name in ("output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"):
        weights[name] = np.ones(WIDTH, dtype=np.float32)
    for name, values in weights.items():
        out.add_tensor(f"{name}.weight", values)
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


def serve(path: Path) -> None:
    """Serves the model at a free port until the process is ended."""
    asked = xllamacpp.CommonParams()
    asked.model.path = str(path)
    asked.n_ctx = TOKENS
    asked.n_parallel = 1
    asked.warmup = False
    asked.cpuparams.n_threads = 1
    asked.port = 0
    server = xllamacpp.Server(asked)
    print(server.listening_address, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    model = Path(sys.argv[1]) / "klein.gguf"
    make(model)
    serve(model)
