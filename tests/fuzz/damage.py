"""Damage files as disks, copies and hands do, by a seed."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from safetensors.numpy import load, save

_VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 1e400, float("nan"), 2**70, 0.5, "", "x", "../../x", "\0", "\ud800"),
    *([], {}, [[]], [None], {"x": 1}),
)


def damaged_bytes(content: bytes, rng: np.random.Generator) -> bytes:
    """Flip bits, cut, insert, clear, double or swap some bytes."""
    data = bytearray(content)
    if not data:
        return b"\0"
    # The beginning has as much to go wrong as all the rest.
    span = len(data) if rng.random() < 0.6 else min(len(data), 2048)
    at, count = int(rng.integers(span)), int(rng.integers(1, 200))
    how = rng.integers(7)
    if how == 0:
        for place in rng.integers(0, span, rng.integers(1, 12)):
            data[place] ^= 1 << int(rng.integers(8))
    elif how == 1:
        del data[at:]
    elif how == 2:
        data[at:at] = rng.bytes(count)
    elif how == 3:
        end = min(len(data), at + count)
        data[at:end] = bytes(end - at)
    elif how == 4:
        data[at:] = bytes(len(data) - at)
    elif how == 5:
        del data[at : at + count]
    else:
        data += data[at:]
    return bytes(data)


def damaged_json(value: Any, rng: np.random.Generator) -> Any:
    """Change, drop, double or move one value somewhere inside."""
    if isinstance(value, dict) and value and rng.random() < 0.85:
        key = str(rng.choice(list(value)))
        changed = dict(value)
        if rng.random() < 0.2:
            del changed[key]
        elif rng.random() < 0.1:
            changed[f"{key}_"] = changed[key]
        else:
            changed[key] = damaged_json(value[key], rng)
        return changed
    if isinstance(value, list) and value and rng.random() < 0.85:
        place, changed_list = int(rng.integers(len(value))), list(value)
        how = rng.integers(5)
        if how == 0:
            del changed_list[place]
        elif how == 1:
            changed_list.insert(place, changed_list[place])
        elif how == 2:
            changed_list.reverse()
        else:
            changed_list[place] = damaged_json(value[place], rng)
        return changed_list
    if type(value) in (int, float) and rng.random() < 0.6:
        return value * float(rng.choice([-1, 2, 10, 1e6, 1e30])) + int(rng.integers(-3, 4))
    if rng.random() < 0.02:
        return json.loads("[" * 500 + "]" * 500)
    return _VALUES[rng.integers(len(_VALUES))]


def damaged_document(content: bytes, rng: np.random.Generator) -> bytes:
    """Damage a JSON file: its bytes, or its values, one to three times."""
    if rng.random() < 0.4:
        return damaged_bytes(content, rng)
    value = json.loads(content)
    for _ in range(rng.integers(1, 4)):
        value = damaged_json(value, rng)
    return json.dumps(value).encode()


def damaged_tensors(content: bytes, kind: str, rng: np.random.Generator) -> bytes:
    """Damage a file of arrays: its bytes; or an array, or the words, with no checksum."""
    if rng.random() < 0.4:
        return damaged_bytes(content, rng)
    tensors = load(content)
    del tensors["checksum"]
    size = int.from_bytes(content[:8], "little")
    words = json.loads(json.loads(content[8 : 8 + size])["__metadata__"][kind])
    if rng.random() < 0.5:
        words = damaged_json(words, rng)
        return save(tensors, metadata={kind: json.dumps(words)})
    name = str(rng.choice(sorted(tensors)))  # safetensors gives them in any order
    array, how = tensors[name], rng.integers(8)
    if how == 0:
        del tensors[name]
    elif how == 1:
        tensors[f"{name}_"] = array
    elif how == 2:
        tensors[name] = array[..., :-1].copy()
    elif how == 3:
        tensors[name] = array[:0].copy()
    elif how == 4:
        tensors[name] = np.frombuffer(array.tobytes(), np.uint8)
    elif how == 5:
        tensors[name] = array.reshape(-1).copy()
    elif array.dtype.kind == "f" and array.size:
        changed = array.copy().reshape(-1)
        values = (np.nan, np.inf, -np.inf, 6e4, -6e4)
        changed[rng.integers(changed.size) :] = values[rng.integers(len(values))]
        tensors[name] = changed.reshape(array.shape)
    else:
        tensors[name] = array.astype(np.float64)
    return save(tensors, metadata={kind: json.dumps(words)})
