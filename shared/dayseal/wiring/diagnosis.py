"""What `doctor` says of one permission."""

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Diagnosis:
    """One permission: where it is needed, what for, and what asking showed.

    `state` is `granted`, `missing`, `no answer` (throttled or timed out, so nobody knows), or `not asked` (sealing
    needs it, or nothing here called for it); `detail` is the first refusal.
    """

    action: str
    where: str
    why: str
    state: str
    detail: str = ""
