"""Checkpoints: a log's signed head, and which witnesses stand behind it."""

import dataclasses

from dayseal.errors import SignatureError, TrustError
from dayseal.notes.keys import VerifierKey
from dayseal.notes.note import open_note, parse_note
from dayseal.notes.policy import TrustPolicy
from dayseal.notes.treehead import Checkpoint, parse_checkpoint_text


@dataclasses.dataclass(frozen=True, slots=True)
class OpenedCheckpoint:
    """A checkpoint that a trusted log signed, and the trusted witnesses that cosigned it.

    `witnesses` are the policy's names for them and `cosigned_times` their times (POSIX seconds), in
    the same order. `quorum_met` is False for a provisional checkpoint. `log_keys` are the log's keys
    that signed. `ignored` counts signature lines that nothing was verified of.
    """

    checkpoint: Checkpoint
    witnesses: tuple[str, ...]
    cosigned_times: tuple[int, ...]
    quorum_met: bool
    log_keys: tuple[VerifierKey, ...]
    ignored: int


def parse_checkpoint(data: bytes) -> Checkpoint:
    """Read what a checkpoint's bytes claim, without verifying it.

    Raises:
        FormatError: not a signed note, or its text is not origin, size and root.
    """
    return parse_checkpoint_text(parse_note(data).text)


def open_checkpoint(data: bytes, policy: TrustPolicy) -> OpenedCheckpoint:
    """Give a checkpoint that a log of `policy` signed under its own origin.

    Cosignatures by witnesses of the policy are verified too; one that is wrong refuses the whole
    checkpoint. A checkpoint without the quorum is given as well: look at `quorum_met`.

    Spec: C2SP tlog-checkpoint, tlog-policy; ledger-formats sections 4 and 5.

    Raises:
        FormatError: not a checkpoint.
        TrustError: no log of the policy has this origin.
        SignatureError: no key of the log signed it, or a signature by a known key is wrong.
    """
    checkpoint = parse_checkpoint(data)
    log_keys = [key for key in policy.logs if key.name == checkpoint.origin]
    if not log_keys:
        raise TrustError(f"checkpoint: of log {checkpoint.origin}, which the trust policy does not name")
    names = {witness.key: witness.name for witness in policy.witnesses}
    opened = open_note(data, [*log_keys, *names])
    times = dict(opened.cosigned)
    signed_by = tuple(key for key in log_keys if key in opened.signed_by or key in times)
    if not signed_by:
        raise SignatureError(f"checkpoint: no signature line is by a key of log {checkpoint.origin}")
    cosigned = [(names[key], time_s) for key, time_s in opened.cosigned if key in names]
    return OpenedCheckpoint(
        checkpoint=checkpoint,
        witnesses=tuple(name for name, _ in cosigned),
        cosigned_times=tuple(time_s for _, time_s in cosigned),
        quorum_met=policy.quorum_met(name for name, _ in cosigned),
        log_keys=signed_by,
        ignored=opened.ignored,
    )
