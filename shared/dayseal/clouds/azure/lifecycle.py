"""An account's lifecycle rules, as far as they touch the append blobs of one container.

Source: Azure Blob Storage documentation, "Configure a lifecycle management policy": append blobs are deleted by
rules, never moved to another tier; a prefix begins with a container's name, and one without a slash matches all
containers whose names begin so.
"""

from typing import Final

from dayseal.clouds.azure.values import Json, flag, part, parts, promised, text, texts, whole, word
from dayseal.errors import FormatError
from dayseal.model.route import LifecycleRule

_APPEND: Final = "appendBlob"
_AGES: Final = (
    "daysAfterModificationGreaterThan",
    "daysAfterCreationGreaterThan",
    "daysAfterLastAccessTimeGreaterThan",
)
_MOVES: Final = "tierTo"
_AUTO: Final = "enableAutoTierToHotFromCool"


def read_lifecycle(policy: Json, container: str, root: str = "") -> tuple[LifecycleRule, ...]:
    """Read the rules that touch a container's append blobs: one for each prefix, which is relative to the container.

    `root` is written before each prefix.

    A blob is modified and read no earlier than it is created, so every age counts from creation at the least.

    Raises:
        FormatError: an action, a condition or a kind of rule is none we know.
    """
    told = promised(promised(policy, "properties"), "policy")
    rules = parts(told, "rules")
    if told.get("rules") is None:
        raise FormatError("lifecycle policy: no rules, a list of them promised")
    return tuple(found for rule in rules for found in _rules(rule, container, root))


def _rules(rule: Json, container: str, root: str) -> list[LifecycleRule]:
    word(rule, "type", ("Lifecycle",))
    definition = promised(rule, "definition")
    filters = part(definition, "filters")
    kinds = [word({"blobTypes": kind}, "blobTypes", ("blockBlob", _APPEND)) for kind in texts(filters, "blobTypes")]
    if kinds and _APPEND not in kinds:
        return []
    unknown = sorted(set(filters) - {"blobTypes", "prefixMatch", "blobIndexMatch"})
    if unknown:
        raise FormatError(f"lifecycle filter: {unknown[0]!r} is none we know")
    actions = promised(definition, "actions")
    narrowed, enabled = bool(parts(filters, "blobIndexMatch")), flag(rule, "enabled") is not False
    return [
        LifecycleRule(
            name=text(rule, "name"),
            prefix=root + prefix,
            enabled=enabled,
            narrowed=narrowed,
            delete_days=_delete_days(part(actions, "baseBlob")),
            delete_old_days=_delete_days(part(actions, "version")),
        )
        for prefix in _prefixes(texts(filters, "prefixMatch"), container)
    ]


def _prefixes(matches: tuple[str, ...], container: str) -> list[str]:
    """Give the prefixes inside of the container, none where the rule is about other containers."""
    if not matches:
        return [""]
    whole_name = f"{container}/"
    inside = [match.removeprefix(whole_name) for match in matches if match.startswith(whole_name)]
    return [""] if any(whole_name.startswith(match) for match in matches) else list(dict.fromkeys(inside))


def _delete_days(actions: Json) -> int | None:
    for name in actions:
        if name not in {"delete", _AUTO} and not name.startswith(_MOVES):
            raise FormatError(f"lifecycle action: {name!r} is none we know")
    delete = part(actions, "delete")
    if actions.get("delete") is None:
        return None
    unknown = sorted(set(delete) - set(_AGES))
    ages = [age for name in _AGES if (age := whole(delete, name)) is not None]
    if unknown or not ages:
        raise FormatError(f"lifecycle delete: conditions {sorted(delete)}, an age promised")
    return min(ages)
