"""What may go wrong with a request to the Azure of the tests: denied, throttled, cut, delayed, lost, by page."""

import dataclasses
import enum
import threading


class Fault(enum.Enum):
    """How a request fails."""

    REFUSED = "answered with a status and code, and Retry-After if there is one"
    CUT = "the connection ends in the middle of the answer"
    LOST = "the connection ends without an answer"
    DELAYED = "answered, later"
    GARBLED = "answered with 200 and something that is no JSON object"


@dataclasses.dataclass(slots=True)
class Rule:
    """A fault for calls of one name whose path holds `part`; `times` None: for ever, else that often after `after`."""

    call: str
    part: str
    fault: Fault
    times: int | None
    after: int
    status: int = 403
    code: str = "AuthorizationFailed"
    retry_after: str = ""
    seconds: float = 0.0


class Gate:
    """Lets requests pass, counts them, and hurts those it is told to. `pages` bounds a listing's page by its call."""

    def __init__(self) -> None:
        self.log: list[tuple[str, str]] = []  # call and path
        self.pages: dict[str, int] = {}
        self._rules: list[Rule] = []
        self._lock = threading.Lock()

    def hurt(self, call: str, fault: Fault, part: str = "", *, times: int | None = None, after: int = 0) -> Rule:
        """Hurt calls; give the rule, so that its details can be set."""
        rule = Rule(call, part, fault, times, after)
        with self._lock:
            self._rules.append(rule)
        return rule

    def refuse(
        self, call: str, part: str = "", *, status: int = 403, code: str = "AuthorizationFailed",
        retry_after: str = "", times: int | None = None, after: int = 0,
    ) -> None:  # fmt: skip
        """Refuse calls with a status and a code."""
        rule = self.hurt(call, Fault.REFUSED, part, times=times, after=after)
        rule.status, rule.code, rule.retry_after = status, code, retry_after

    def mend(self) -> None:
        """Hurt nobody any more, and forget what was asked."""
        with self._lock:
            self._rules.clear()
            self.log.clear()

    def enter(self, call: str, path: str) -> Rule | None:
        """Count a request and say how it is hurt."""
        with self._lock:
            self.log.append((call, path))
            for rule in self._rules:
                if rule.call not in {call, "*"} or rule.part.casefold() not in path.casefold() or rule.times == 0:
                    continue
                if rule.after:
                    rule.after -= 1
                    continue
                if rule.times is not None:
                    rule.times -= 1
                return rule
        return None

    def count(self, call: str) -> int:
        """Say how often a call was made."""
        return sum(1 for name, _ in self.log if name == call)
