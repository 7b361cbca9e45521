"""What nobody answered, found in facts of any shape."""

import dataclasses
from collections.abc import Iterator
from typing import Final

from dayseal.model.route import Call, Missing, Reason

_NO_ANSWER: Final = frozenset({Reason.DENIED, Reason.THROTTLED, Reason.TIMED_OUT})


def missed(value: object) -> Iterator[Missing]:
    """Walk values for facts that are missing because a call was denied, or was not answered at all."""
    if isinstance(value, Missing):
        if value.reason in _NO_ANSWER:
            yield value
    elif isinstance(value, Call | str | bytes):
        return
    elif isinstance(value, tuple):
        for item in value:
            yield from missed(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from missed(getattr(value, field.name))
