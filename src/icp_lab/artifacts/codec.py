"""Results of methods as JSON and Arrow files, and back again exactly: what `here.compute` stores.

The stored form names its types itself, so that nothing depends on annotations, and loading it runs no code but the
constructors of the lab's own dataclasses (a pickle would run anything).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from hashlib import blake2b
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

TAG = "~"
PACKAGE = "icp_lab"


def encode(value: object) -> tuple[str, list[bytes]]:
    """How does a result become text and tables?

    Parameters
    ----------
    value
        None, bool, int, float, str, date, tuple, list, dict, set, numpy array or scalar, pandas frame, series or
        missing value, a module's own function, or a dataclass of these, nested as deep as needed.

    Returns
    -------
    tuple
        JSON text, and the frames in it as Arrow IPC files.

    Raises
    ------
    TypeError
        When something in the value is none of these; the message says where.

    Examples
    --------
    >>> encode({"low": 1.5, "ends": (1, 2)})
    ('{"low": 1.5, "ends": {"~": "tuple", "of": [1, 2]}}', [])
    """
    writer = _Writer()
    return json.dumps(writer.plain(value, "result"), ensure_ascii=False), writer.frames


def decode(text: str, frames: list[bytes]) -> Any:
    """What result do these text and tables stand for?

    Parameters
    ----------
    text, frames
        As `encode` returned them.

    Examples
    --------
    >>> decode(*encode((1, float("inf"), None)))
    (1, inf, None)
    """
    return _Reader(frames).value(json.loads(text))


def digest(value: object) -> str:
    """Which content does a value have? Equal values in the same order have the same digest."""
    return digest_encoded(*encode(value))


def digest_encoded(text: str, frames: list[bytes]) -> str:
    """Which content do this text and these tables have, as `encode` returned them?"""
    total = blake2b(text.encode(), digest_size=16)
    for frame in frames:
        total.update(frame)
    return total.hexdigest()


class _Writer:
    def __init__(self) -> None:
        self.frames: list[bytes] = []

    def plain(self, value: Any, place: str) -> Any:
        if isinstance(value, np.generic) and not isinstance(value, np.datetime64 | np.timedelta64):
            value = value.item()
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, str):
            return str(value)
        if isinstance(value, list):
            return self._many(value, place)
        for kind, write in self._writers():
            if isinstance(value, kind):
                return write(value, place)
        if is_dataclass(value) and not isinstance(value, type):
            return self._record(value, place)
        if callable(value) and getattr(value, "__qualname__", "<").isidentifier():
            return {TAG: "function", "name": f"{value.__module__}:{value.__qualname__}"}
        raise TypeError(f"{place} is of type {type(value).__name__}, which cannot be stored")

    def _writers(self) -> tuple[tuple[type | tuple[type, ...], Callable[[Any, str], Any]], ...]:
        return (
            (tuple, lambda value, place: {TAG: "tuple", "of": self._many(value, place)}),
            (Mapping, self._mapping),
            ((set, frozenset), self._set),
            (type(pd.NaT), lambda _value, _place: {TAG: "NaT"}),
            (type(pd.NA), lambda _value, _place: {TAG: "NA"}),
            (pd.Timestamp, lambda value, _place: {TAG: "Timestamp", "at": value.isoformat(), "unit": value.unit}),
            (datetime, lambda value, _place: {TAG: "datetime", "at": value.isoformat()}),
            (date, lambda value, _place: {TAG: "date", "at": value.isoformat()}),
            (pd.DataFrame, self._frame),
            (pd.Series, self._series),
            (np.ndarray, self._array),
        )

    def _many(self, values: Any, place: str) -> list[Any]:
        return [self.plain(value, f"{place}[{n}]") for n, value in enumerate(values)]

    def _set(self, value: Any, place: str) -> Any:
        return {TAG: type(value).__name__, "of": self._many(sorted(value), place)}

    def _mapping(self, value: Mapping[Any, Any], place: str) -> Any:
        if all(isinstance(key, str) and key != TAG for key in value):
            return {str(key): self.plain(each, f"{place}[{key!r}]") for key, each in value.items()}
        pairs = [[self.plain(key, place), self.plain(each, f"{place}[{key!r}]")] for key, each in value.items()]
        return {TAG: "dict", "of": pairs}

    def _record(self, value: Any, place: str) -> dict[str, Any]:
        kind = type(value)
        content = {f.name: self.plain(getattr(value, f.name), f"{place}.{f.name}") for f in fields(value) if f.init}
        return {TAG: "record", "class": f"{kind.__module__}:{kind.__qualname__}", "fields": content}

    def _array(self, value: Any, place: str) -> dict[str, Any]:
        if value.dtype.kind in "Mm":
            content = {"of": value.astype("int64").ravel().tolist()}
        else:
            content = {"of": self._many(value.ravel().tolist(), place)}
        return {TAG: "array", "dtype": str(value.dtype), "shape": list(value.shape), **content}

    def _series(self, value: Any, place: str) -> dict[str, Any]:
        return {TAG: "series", "name": self.plain(value.name, place), "of": self._frame(value.to_frame("value"), place)}

    def _frame(self, value: Any, place: str) -> dict[str, Any]:
        frame = value.set_axis([str(n) for n in range(value.shape[1])], axis=1)
        objects = [n for n, kind in enumerate(value.dtypes) if kind == "object"]
        for n in objects:  # lists in a cell, mixed values: each cell becomes text of its own
            cells = [self.plain(cell, f"{place} column {n}") for cell in value.iloc[:, n]]
            frame.isetitem(n, pd.array([json.dumps(cell, ensure_ascii=False) for cell in cells], dtype="str"))
        try:
            table = pa.Table.from_pandas(frame)
        except pa.ArrowException as error:
            raise TypeError(f"{place}: {error}") from error
        # One batch: text out of pd.concat comes in pieces, and a table without rows would lose its categories.
        columns = [each.chunk(0) if each.num_chunks == 1 else each.combine_chunks() for each in table.columns]
        batch = pa.RecordBatch.from_arrays(columns, schema=table.schema)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_file(sink, batch.schema) as file:
            file.write_batch(batch)
        self.frames.append(sink.getvalue().to_pybytes())
        labels = {"of": self._many(value.columns, place), "names": self._many(value.columns.names, place)}
        kind = "" if isinstance(value.columns, pd.MultiIndex) else str(value.columns.dtype)
        return {TAG: "frame", "n": len(self.frames) - 1, "objects": objects, "columns": {"dtype": kind, **labels}}


class _Reader:
    def __init__(self, frames: list[bytes]) -> None:
        self.frames = frames

    def value(self, plain: Any) -> Any:
        if isinstance(plain, list):
            return [self.value(each) for each in plain]
        if not isinstance(plain, dict):
            return plain
        if TAG not in plain:
            return {key: self.value(each) for key, each in plain.items()}
        kind = plain[TAG]
        if kind in ("NA", "NaT"):
            return pd.NA if kind == "NA" else pd.NaT
        readers: dict[str, Callable[[], Any]] = {
            "tuple": lambda: tuple(self.value(plain["of"])),
            "set": lambda: set(self.value(plain["of"])),
            "frozenset": lambda: frozenset(self.value(plain["of"])),
            "dict": lambda: {self.value(key): self.value(each) for key, each in plain["of"]},
            "date": lambda: date.fromisoformat(plain["at"]),
            "datetime": lambda: datetime.fromisoformat(plain["at"]),
            "Timestamp": lambda: pd.Timestamp(plain["at"]).as_unit(plain["unit"]),
            "function": lambda: _find(plain["name"]),
            "record": lambda: _find(plain["class"])(**{k: self.value(each) for k, each in plain["fields"].items()}),
            "array": lambda: self._array(plain),
            "series": lambda: self.value(plain["of"])["value"].rename(self.value(plain["name"])),
            "frame": lambda: self._frame(plain),
        }
        return readers[kind]()

    def _columns(self, plain: dict[str, Any]) -> Any:
        labels, names = self.value(plain["of"]), self.value(plain["names"])
        if not plain["dtype"]:
            return pd.MultiIndex.from_tuples(labels, names=names)
        if not labels and plain["dtype"] == "int64":
            return pd.RangeIndex(0, name=names[0])
        return pd.Index(labels, dtype=plain["dtype"], name=names[0], tupleize_cols=False)

    def _array(self, plain: dict[str, Any]) -> Any:
        values = self.value(plain["of"])
        if plain["dtype"] == "object":
            array = np.empty(len(values), dtype=object)
            array[:] = values
        elif plain["dtype"][0] in "Mmdt":
            array = np.array(values, dtype="int64").astype(plain["dtype"])
        else:
            array = np.array(values, dtype=plain["dtype"])
        return array.reshape(plain["shape"])

    def _frame(self, plain: dict[str, Any]) -> pd.DataFrame:
        frame: pd.DataFrame = pa.ipc.open_file(pa.BufferReader(self.frames[plain["n"]])).read_all().to_pandas()
        for n in plain["objects"]:
            cells: Any = np.empty(len(frame), dtype=object)
            cells[:] = [self.value(json.loads(cell)) for cell in frame.iloc[:, n]]
            frame.isetitem(n, cells)
        return frame.set_axis(self._columns(plain["columns"]), axis=1)


def _find(name: str) -> Any:
    module, _, path = name.partition(":")
    if module.partition(".")[0] != PACKAGE:
        raise TypeError(f"{name} is not the lab's own")
    found: Any = import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    return found
