"""Who this process is on Google Cloud: an ID token of its service account, for whom we want to convince."""

import dataclasses

import google.auth.exceptions
import google.auth.transport.requests
import google.oauth2.id_token

from dayseal.errors import AccessError

_HINT = "run as a service account of Google Cloud; a person's own login has no identity token"


@dataclasses.dataclass(frozen=True, slots=True)
class GoogleIdentity:
    """Port `IdentityToken`: the metadata server's token for `audience`, in full format; made anew each time.

    Off Google Cloud the file that GOOGLE_APPLICATION_CREDENTIALS names is used: a service account's, or an
    impersonation of one.
    """

    audience: str

    def token(self) -> str:
        """Give a token; see the port."""
        request = google.auth.transport.requests.Request()
        try:
            credentials = google.oauth2.id_token.fetch_id_token_credentials(self.audience, request=request)
            credentials.refresh(request)
        except (google.auth.exceptions.GoogleAuthError, OSError) as exc:
            raise AccessError(f"identity token for {self.audience}: {type(exc).__name__}", hint=_HINT) from exc
        if not credentials.token:
            raise AccessError(f"identity token for {self.audience}: none was given, one promised", hint=_HINT)
        return str(credentials.token)
