"""What a running program remembers, as a value that can be compared: where it is, and all that it can still see.

For each function on the way from the program to where it waits: the instruction and the local variables;
and the error that is being handled. Two runs with equal memories go on alike, but for what Python hides:
how far a loop is in what it loops over (its variable tells), and half an expression.
"""

import datetime as dt
import functools
import sys
import types
from collections import deque
from collections.abc import Hashable
from typing import Final

import msgspec

from dayseal.model import GuardState
from dayseal.notes import TrustPolicy

_PLAIN: Final = (  # what can be compared as it is
    *(str, bytes, int, float, type, types.NoneType, types.CodeType, types.BuiltinFunctionType),
    *(dt.date, msgspec.UnsetType, TrustPolicy, GuardState),
)


class Forgetful:
    """Something that a program may hold, but that remembers nothing which could make a difference to it."""


class Root(Forgetful):
    """What runs programs: nothing of it is memory of theirs."""


def memory_of(frame: types.FrameType | None) -> Hashable:
    """Give the memory of the program that waits in `frame`; one that cannot be told is equal to no other."""
    places: list[Hashable] = []
    pictures = _Pictures()
    while frame is not None and not isinstance(frame.f_locals.get("self"), Root):
        places.append((frame.f_code, frame.f_lasti, pictures.of(dict(frame.f_locals))))
        frame = frame.f_back
    return tuple(places), pictures.of(sys.exception())


class _Pictures:
    """Makes values of objects, each object once."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[object, Hashable]] = {}  # with the object, so that its id stays its own

    def of(self, thing: object) -> Hashable:
        """Give the value."""
        if isinstance(thing, _PLAIN):
            return thing
        made = self._made.get(id(thing))
        if made is None:
            made = self._made[id(thing)] = (thing, self._make(thing))
        return made[1]

    def _make(self, thing: object) -> Hashable:
        match thing:
            case Forgetful():
                return None
            case dict():
                return frozenset((self.of(key), self.of(value)) for key, value in thing.items())
            case list() | tuple() | deque():
                return tuple(map(self.of, thing))
            case set() | frozenset():
                return frozenset(map(self.of, thing))
            case BaseException():
                return type(thing), str(thing), self.of(thing.__context__)
        return self._parts(thing)

    def _parts(self, thing: object) -> Hashable:
        match thing:
            case functools.partial():
                return self.of(thing.func), self.of(thing.args), self.of(thing.keywords)
            case types.MethodType():
                return self.of(thing.__func__), self.of(thing.__self__)
            case types.FunctionType():
                return thing.__code__, tuple(self.of(cell.cell_contents) for cell in thing.__closure__ or ())
        names = (*_slots(type(thing)), *getattr(thing, "__dict__", ()))  # type: ignore[arg-type]  # a class has a hash
        if not names:
            return object()  # an iterator, say: nobody can see how far it is
        return type(thing), tuple((name, self.of(getattr(thing, name, None))) for name in names)


@functools.cache
def _slots(kind: type) -> tuple[str, ...]:
    return tuple(name for base in kind.__mro__ for name in base.__dict__.get("__slots__", ()))
