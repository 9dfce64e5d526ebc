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

TAG = "="
PACKAGE = "icp_lab"
_PLAIN = {str, int, float, bool, type(None)}  # what JSON has as it is


class NotStorableError(TypeError):
    """Refuse what is to be kept, or was kept, and is of a kind that cannot be.

    Examples
    --------
    >>> encode({"all": object()})
    Traceback (most recent call last):
        ...
    icp_lab.artifacts.codec.NotStorableError: result['all'] is of type object, which cannot be stored
    """


def encode(value: object) -> tuple[str, list[bytes]]:
    """Write a result as text and tables, from which `decode` makes it again exactly.

    Parameters
    ----------
    value : object
        None, bool, int, float, str, date, tuple, list, dict, set, numpy array or scalar, pandas frame, series or
        missing value, a module's own function, or a dataclass of these, nested as deep as needed.

    Returns
    -------
    tuple of str and list of bytes
        JSON text, and the frames in it as Arrow IPC files.

    Raises
    ------
    NotStorableError
        When something in the value is none of these; the message says where.

    Examples
    --------
    >>> encode({"low": 1.5, "ends": (1, 2)})
    ('{"low": 1.5, "ends": {"=": "tuple", "of": [1, 2]}}', [])
    """
    frames: list[bytes] = []
    return json.dumps(_say(value, "result", frames), ensure_ascii=False), frames


def decode(text: str, frames: list[bytes]) -> Any:
    """Make the result again for which text and tables stand.

    Parameters
    ----------
    text : str
        JSON, as `encode` returned it.
    frames : list of bytes
        The frames in it, in the same order.

    Returns
    -------
    object
        The result: equal in values and types, frames with their index and column types.

    Raises
    ------
    NotStorableError
        When the text names a class or function that is not the lab's own: nothing else's code is run.

    Examples
    --------
    >>> decode(*encode((1, float("inf"), None)))
    (1, inf, None)
    >>> decode('{"=": "function", "of": "os:remove"}', [])
    Traceback (most recent call last):
        ...
    icp_lab.artifacts.codec.NotStorableError: os:remove is not the lab's own
    """
    return _make(json.loads(text), frames)


def digest(value: object) -> str:
    """Name the content of a value: equal values in the same order have the same digest.

    Parameters
    ----------
    value : object
        What `encode` takes.

    Returns
    -------
    str
        A word of 32 hexadecimal digits.

    Raises
    ------
    NotStorableError
        When something in the value cannot be stored.

    Examples
    --------
    >>> digest({"a": 1, "b": 2}) == digest({"a": 1, "b": 2}), digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    (True, False)
    """
    return digest_encoded(*encode(value))


def digest_encoded(text: str, frames: list[bytes]) -> str:
    """Name the content that text and tables have, as `encode` returned them.

    Parameters
    ----------
    text : str
        JSON.
    frames : list of bytes
        The frames in it.

    Returns
    -------
    str
        The digest of the value that they stand for.

    Examples
    --------
    >>> digest_encoded("[1, 2]", []) == digest([1, 2])
    True
    """
    total = blake2b(text.encode(), digest_size=16)
    for frame in frames:
        total.update(frame)
    return total.hexdigest()


def _say(value: Any, place: str, frames: list[bytes]) -> Any:
    """Write a value in what JSON has: what is of another kind is said in values of simpler kinds, under its tag."""
    if isinstance(value, np.generic) and not isinstance(value, np.datetime64 | np.timedelta64):
        value = value.item()
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bytes):
        frames.append(value)
        return {TAG: "bytes", "of": len(frames) - 1}
    if isinstance(value, list):
        plain = _PLAIN.issuperset(map(type, value))  # ids of very many accounts
        return value if plain else [_say(each, f"{place}[{n}]", frames) for n, each in enumerate(value)]
    if isinstance(value, Mapping) and all(isinstance(key, str) and key != TAG for key in value):
        return {str(key): _say(each, f"{place}[{key!r}]", frames) for key, each in value.items()}
    try:
        tag, simpler = next((tag, say(value)) for tag, (fits, say, _make) in _KINDS.items() if fits(value))
    except StopIteration:
        raise NotStorableError(f"{place} is of type {type(value).__name__}, which cannot be stored") from None
    except (pa.ArrowException, TypeError) as error:
        raise NotStorableError(f"{place}: {error}") from error
    return {TAG: tag, "of": _say(simpler, place, frames)}


def _make(said: Any, frames: list[bytes]) -> Any:
    if isinstance(said, list):
        return said if _PLAIN.issuperset(map(type, said)) else [_make(each, frames) for each in said]
    if not isinstance(said, dict):
        return said
    if TAG not in said:
        return {key: _make(each, frames) for key, each in said.items()}
    return frames[said["of"]] if said[TAG] == "bytes" else _KINDS[said[TAG]][2](_make(said["of"], frames))


def _say_frame(frame: pd.DataFrame) -> dict[str, Any]:
    """Say a frame as an Arrow file; columns of objects (lists in a cell, mixed values) stand beside it."""
    plain = frame.set_axis([str(n) for n in range(frame.shape[1])], axis=1)
    objects = {str(n): frame.iloc[:, n].tolist() for n, kind in enumerate(frame.dtypes) if kind == "object"}
    for n in objects:
        plain.isetitem(int(n), False)
    table = pa.Table.from_pandas(plain)
    # One batch: text out of pd.concat comes in pieces, and a table without rows would lose its categories.
    columns = [each.chunk(0) if each.num_chunks == 1 else each.combine_chunks() for each in table.columns]
    batch, sink = pa.RecordBatch.from_arrays(columns, schema=table.schema), pa.BufferOutputStream()
    with pa.ipc.new_file(sink, batch.schema) as file:
        file.write_batch(batch)
    return {"columns": frame.columns, "objects": objects, "arrow": sink.getvalue().to_pybytes()}


def _make_frame(said: dict[str, Any]) -> pd.DataFrame:
    frame: pd.DataFrame = pa.ipc.open_file(pa.BufferReader(said["arrow"])).read_all().to_pandas()
    for n, cells in said["objects"].items():
        frame.isetitem(int(n), np.fromiter(cells, dtype=object, count=len(cells)))
    return frame.set_axis(said["columns"], axis=1)


def _say_index(index: pd.Index) -> list[Any]:
    return ["" if isinstance(index, pd.MultiIndex) else str(index.dtype), list(index), list(index.names)]


def _make_index(said: list[Any]) -> Any:
    dtype, labels, names = said
    if not dtype:
        return pd.MultiIndex.from_tuples(labels, names=names)
    return pd.Index(labels, dtype=dtype, name=names[0], tupleize_cols=False)


def _say_array(array: np.ndarray[Any, Any]) -> list[Any]:
    plain = array.astype("int64") if array.dtype.kind in "Mm" else array
    return [str(array.dtype), list(array.shape), plain.ravel().tolist()]


def _make_array(said: list[Any]) -> Any:
    dtype, shape, values = said
    return np.fromiter(values, dtype=object, count=len(values)).astype(dtype).reshape(shape)


def _say_record(record: Any) -> dict[str, Any]:
    return {"class": _name(type(record)), **{f.name: getattr(record, f.name) for f in fields(record) if f.init}}


def _name(own: Any) -> str:
    return f"{own.__module__}:{own.__qualname__}"


def _find(name: str) -> Any:
    module, _, path = name.partition(":")
    if module.partition(".")[0] != PACKAGE:
        raise NotStorableError(f"{name} is not the lab's own")
    found: Any = import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    return found


def _is(*kinds: type) -> Callable[[object], bool]:
    return lambda value: isinstance(value, kinds)


# For each kind of value, in the order in which they are tried: what is of it, how it is said in values of simpler
# kinds, and how it is made of them again.
_KINDS: dict[str, tuple[Callable[[Any], bool], Callable[[Any], Any], Callable[[Any], Any]]] = {
    "tuple": (_is(tuple), list, tuple),
    "mapping": (_is(Mapping), lambda mapping: [list(pair) for pair in mapping.items()], dict),
    "set": (_is(set), sorted, set),
    "frozenset": (_is(frozenset), sorted, frozenset),
    "NaT": (_is(type(pd.NaT)), lambda _value: None, lambda _said: pd.NaT),
    "NA": (_is(type(pd.NA)), lambda _value: None, lambda _said: pd.NA),
    "Timestamp": (_is(pd.Timestamp), lambda moment: [moment.isoformat(), moment.unit],
                  lambda said: pd.Timestamp(said[0]).as_unit(said[1])),
    "datetime": (_is(datetime), datetime.isoformat, datetime.fromisoformat),
    "date": (_is(date), date.isoformat, date.fromisoformat),
    "frame": (_is(pd.DataFrame), _say_frame, _make_frame),
    "series": (_is(pd.Series), lambda series: [series.name, series.to_frame("value")],
               lambda said: said[1]["value"].rename(said[0])),
    "index": (_is(pd.Index), _say_index, _make_index),
    "array": (_is(np.ndarray), _say_array, _make_array),
    "record": (lambda value: is_dataclass(value) and not isinstance(value, type), _say_record,
               lambda said: _find(said.pop("class"))(**said)),
    "function": (lambda value: callable(value) and getattr(value, "__qualname__", "<").isidentifier(), _name, _find),
}
