"""An AWS with one healthy cluster, `prod`, and a workspace's settings to ask about it with the verbs."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from dayseal.clouds.aws.places import Place
from support.moto_world import EU, ROLE, World, aws_world


@contextlib.contextmanager
def one_cluster_aws(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Serve it, with our credentials for it in the environment; `folder` is made a workspace."""
    with aws_world() as world:
        for name, value in {
            "AWS_ACCESS_KEY_ID": f"KEY{world.number}X{world.home}",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_ENDPOINT_URL": world.address,
            "AWS_CONFIG_FILE": str(folder / "none"),
            "AWS_SHARED_CREDENTIALS_FILE": str(folder / "none"),
            "AWS_EC2_METADATA_DISABLED": "true",
        }.items():
            monkeypatch.setenv(name, value)
        place, central = Place(world.first, EU), world.add_bucket(world.home, "central")
        world.add_cluster(place, "prod")
        world.add_filter(place, world.add_group(place, "prod"), world.add_stream(place, "audit", central))
        world.watch(place)
        world.put_hourly(world.home, central)
        write_settings(folder)
        world.gate.heal()
        yield world


def write_settings(folder: Path, more: str = "") -> None:
    """Write the workspace's settings; `more` are lines of its AWS table."""
    settings = f'[aws]\nregions = ["{EU}"]\norganization = true\nrole = "{ROLE}"\nexternal_id = "outside"\n{more}'
    (folder / "dayseal.toml").write_text(f'[ledger]\norigin = "example.com/x"\n{settings}')
