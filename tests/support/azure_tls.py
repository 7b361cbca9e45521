"""TLS on the loopback address, as the official clients ask for: an authority of ours, and a server it vouches for."""

import dataclasses
import ssl
from pathlib import Path

import trustme


@dataclasses.dataclass(frozen=True, slots=True)
class Tls:
    """The authority's certificate (what REQUESTS_CA_BUNDLE names), and the server's with its key, as PEM files."""

    authority: Path
    certificate: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """Give what a server serves with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


def make_tls(folder: Path) -> Tls:
    """Write certificates for `127.0.0.1` and `localhost` into a folder."""
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1", "localhost", "*.localhost")
    found = Tls(folder / "authority.pem", folder / "certificate.pem", folder / "key.pem")
    authority.cert_pem.write_to_path(str(found.authority))
    issued.private_key_pem.write_to_path(str(found.key))
    for blob in issued.cert_chain_pems:
        blob.write_to_path(str(found.certificate), append=True)
    return found
