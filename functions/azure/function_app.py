"""Azure's functions: `attest`, `reverify`, `pulse`, `record` and `roll_call` by the clock, `lookup` by who may ask.

`bundle` makes the evidence that a look-up asked for by a message in a queue.

An app serves what DAYSEAL_SERVES names, and runs as an identity that may do that and nothing else. Who may ask `lookup`
is decided before any code runs: the app that serves it asks for a sign-in (App Service authentication).
"""

import azure.functions as func
from door import answer, bundle
from timers import attest, by_the_clock, pulse, record, reverify, roll_call

from dayseal.settings import optional_environment

_SERVES = optional_environment("DAYSEAL_SERVES").split(",")

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
if "attest" in _SERVES:
    by_the_clock(app, attest, "%DAYSEAL_DAILY_AT%", again=3)
    by_the_clock(app, reverify, "%DAYSEAL_REVERIFY_AT%")
if "pulse" in _SERVES:
    by_the_clock(app, pulse, "0 7 * * * *")
if "record" in _SERVES:
    by_the_clock(app, record, "0 */15 * * * *")
    by_the_clock(app, roll_call, "%DAYSEAL_ROLL_CALL_AT%", again=3)
if "lookup" in _SERVES:
    app.function_name("lookup")(app.route("{*path}", trigger_arg_name="request")(answer))
if "bundle" in _SERVES:
    app.function_name("bundle")(app.queue_trigger("message", queue_name="evidence", connection="EvidenceJobs")(bundle))
