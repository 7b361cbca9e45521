"""A customer's key that stored logs are encrypted under."""

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class EncryptionKey:
    """A customer's key that stored logs cannot be read without, and its state in the provider's word."""

    name: str
    state: str
    usable: bool
