"""Counting signs, secrets and credentials, and keeping what a day is judged by."""

import collections
import functools
import re
from typing import Final, NamedTuple

from dayseal.audit.detections import BURSTS, Sign, pseudonym
from dayseal.audit.detections.credentials import CERTIFICATE_ID, TOKEN_ID
from dayseal.audit.event_times import event_time_us
from dayseal.audit.names import SERVICE_ACCOUNT
from dayseal.digest.bounded import Bounded, series_hash, short
from dayseal.digest.credential_tables import CredentialTables, own_order
from dayseal.digest.tables import Counts
from dayseal.digest.tally_keys import CREDENTIALS, SIGNS, VERSIONS
from dayseal.digest.trace import Trace
from dayseal.digest.traces import (
    EXAMPLES,
    NO_TRACES,
    USES,
    WINDOWS,
    BurstWindow,
    Example,
    Items,
    Traces,
    Use,
    bound_windows,
    choose_examples,
    join_items,
)

_SECOND_US: Final = 1_000_000
_MAX_TEXT: Final = 400
_SLACK: Final = 4
_MAX_WAITING: Final = 8_192
_COMPONENT: Final = re.compile(r"(?:kubelet|kube-[a-z-]+)/v(1\.[0-9]{1,3})\.")
_PROGRAM: Final = re.compile(r"[A-Za-z0-9._-]{1,40}")
_ADMINS: Final = "kube-system"


class Used(NamedTuple):
    """Which credential an event names, and from where and by what it was used; PERSONAL but for `table` and `version`.

    `table` is the public table that counts it. `use` is the row of the traces (hour 0), None without a credential.
    """

    table: str
    version: str
    use: Use | None


_NOT_USED: Final = Used("", "", None)


@functools.lru_cache(maxsize=2_048)
def used(credential: str, username: str, user_class: str, source: str, agent: str, *, powerful: bool) -> Used:
    """Say what of a credential's use is kept."""
    version, program = _COMPONENT.match(agent), _PROGRAM.match(agent)
    told = version[1] if version else ""
    if not credential:
        return Used("", told, None) if told else _NOT_USED
    name, user = pseudonym(credential), short(username)
    is_account, is_token = user_class == SERVICE_ACCOUNT, credential.startswith(TOKEN_ID)
    special = powerful or username.startswith(f"system:serviceaccount:{_ADMINS}:")
    table = ""
    if is_account and is_token:
        table = "both" if special else "tokens"
    elif credential.startswith(CERTIFICATE_ID):
        table = "special"
    whole = name if is_account else user
    return Used(table, told, Use(whole, name, user, user_class, 0, short(source), program[0] if program else ""))


class TraceCounter:
    """Builds the signs, secrets, credentials and traces of one tally."""

    def __init__(self) -> None:
        self.signs: Counts[Sign] = Counts(SIGNS)
        self.secrets: Counts[str] = Counts(SIGNS)
        self._versions: Counts[str] = Counts(VERSIONS)
        self._waiting: collections.Counter[tuple[Used, int | None]] = collections.Counter()  # not yet in its tables
        self._tokens_used: Counts[str] = Counts(CREDENTIALS, own_order)
        self._tokens_minted: Counts[str] = Counts(CREDENTIALS, own_order)
        self._special: Counts[str] = Counts(CREDENTIALS, own_order)
        self._for_others: Counts[str] = Counts(CREDENTIALS, own_order)
        self._tokens: Counts[Use] = Counts(USES, series_hash)
        self._named: Counts[Use] = Counts(USES, series_hash)
        self._windows: dict[BurstWindow, Items] = {}
        self._windows_rest = 0
        self._examples: dict[str, list[Example]] = collections.defaultdict(list)

    def add(self, trace: Trace) -> None:
        """Count what one event shows."""
        example = Example(trace.time, trace.text[:_MAX_TEXT])
        for sign in trace.signs:
            self.signs.add(sign, 1)
            self._keep(sign.detection, example)
        for secret in trace.secrets:
            self.secrets.add(secret.value, 1)
            self._keep(f"secret:{secret.value}", example)
        if trace.mint is not None:
            name = pseudonym(trace.mint.credential)
            if trace.mint.credential.startswith(TOKEN_ID):
                self._tokens_minted.add(name, 1)
            if trace.mint.for_another:
                self._for_others.add(name, 1)
                made = f"{name} for {trace.mint.subject} made by {trace.mint.minter}"
                self._keep("minted-for-another", Example(trace.time, made[:_MAX_TEXT]))
        at = event_time_us(trace.time) if trace.items else None
        if at is not None:
            self._add_items(trace, at)

    def use(self, of: Used, hour: int | None, events: int) -> None:
        """Count the use of a credential."""
        self._waiting[of, hour] += events
        if len(self._waiting) > _MAX_WAITING:
            self._resolve()

    def _resolve(self) -> None:
        for (of, hour), events in self._waiting.items():
            if of.version:
                self._versions.add(of.version, events)
            if of.use is None:
                continue
            if of.table in ("tokens", "both"):
                self._tokens_used.add(of.use.credential, events)
            if of.table in ("special", "both"):
                self._special.add(of.use.credential, events)
            if hour is not None and of.use.source:
                table = self._tokens if of.use.user_class == SERVICE_ACCOUNT else self._named
                table.add(tuple.__new__(Use, (*of.use[:4], hour, *of.use[5:])), events)
        self._waiting.clear()

    def versions(self) -> Bounded[str, int]:
        """Give the versions."""
        self._resolve()
        return self._versions.freeze()

    def credentials(self) -> CredentialTables:
        """Give the tables of credentials."""
        self._resolve()
        return CredentialTables(
            tokens_used=self._tokens_used.freeze(),
            tokens_minted=self._tokens_minted.freeze(),
            special_used=self._special.freeze(),
            for_others=self._for_others.freeze(),
        )

    def traces(self) -> Traces:
        """Give what must stay out of the ledger."""
        self._resolve()
        traces = Traces(
            tokens=self._tokens.freeze(),
            named=self._named.freeze(),
            windows=self._bounded_windows(),
            examples={name: choose_examples(found) for name, found in sorted(self._examples.items())},
        )
        return NO_TRACES if traces == NO_TRACES else traces

    def _keep(self, name: str, example: Example) -> None:
        found = self._examples[name]
        found.append(example)
        if len(found) > _SLACK * EXAMPLES:
            found[:] = choose_examples(found)

    def _add_items(self, trace: Trace, at_us: int) -> None:
        for item in trace.items:
            window = at_us // _SECOND_US // BURSTS[item.burst].seconds
            key = BurstWindow(short(item.subject), item.burst, window)
            known = self._windows.get(key, ())
            if item.item not in known:
                self._windows[key] = join_items(known, (item.item,))
        if len(self._windows) > _SLACK * WINDOWS:
            pruned = self._bounded_windows()
            self._windows, self._windows_rest = dict(pruned.kept), pruned.rest

    def _bounded_windows(self) -> Bounded[BurstWindow, Items]:
        return bound_windows(self._windows.items(), rest=self._windows_rest)
