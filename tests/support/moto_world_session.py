"""A session with an emulator's credentials; apart from moto, since worker processes open one too."""

import boto3
import botocore.session
from botocore.loaders import Loader

_REGION = "eu-central-1"


def open_session(key: str, loader: Loader | None = None) -> boto3.Session:
    """Open a session for an access key; `loader` keeps service models, which are large and the same for all."""
    session = botocore.session.Session()
    session.set_credentials(key, "nobody's")
    if loader is not None:
        loader.search_paths.extend(
            p for p in session.get_component("data_loader").search_paths if p not in loader.search_paths
        )
        session.register_component("data_loader", loader)
    return boto3.Session(botocore_session=session, region_name=_REGION)
