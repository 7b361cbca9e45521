"""Objects as the API server stores them and sends them back."""

from dayseal.demo.generator.acts import Body


def stored_object(
    kind: str, version: str, name: str, metadata: dict[str, object], spec: dict[str, object], status: Body
) -> dict[str, object]:
    """Give an object with what the API server adds: identity, and `managedFields`, a third of what is stored."""
    owned = {
        "f:metadata": _fields({key: metadata[key] for key in metadata if key != "creationTimestamp"}),
        "f:spec": _fields(spec),
    }
    managed = {
        "manager": "kube-controller-manager",
        "operation": "Update",
        "apiVersion": version,
        "time": "<<second>>Z",
        "fieldsType": "FieldsV1",
        "fieldsV1": owned,
    }
    full = {
        "name": name,
        "namespace": "billing" if kind in {"Pod", "Job"} else "shop",
        "uid": "<<uid>>",
        "resourceVersion": "<<rv>>",
        "creationTimestamp": "<<second>>Z",
        **metadata,
        "managedFields": [managed],
    }
    return {"kind": kind, "apiVersion": version, "metadata": full, "spec": spec, "status": status}


def _fields(value: object) -> dict[str, object]:
    """Write the set of fields a manager owns, in the FieldsV1 notation."""
    if isinstance(value, dict):
        return {f"f:{key}": _fields(inner) for key, inner in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], dict) and "name" in value[0]:
        return {f'k:{{"name":"{item["name"]}"}}': {".": {}, **_fields(item)} for item in value}
    return {}
