"""Texts in the SSM Parameter Store, as functions are configured by them."""

from aws_lambda_powertools.utilities.parameters import get_parameter
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

from dayseal.errors import AccessError

_KEPT_S = 300


def read_parameter(name: str) -> str:
    """Give the text of a parameter; an answer is kept for five minutes.

    Raises:
        AccessError: denied, absent, or no answer.
    """
    try:
        return get_parameter(name, max_age=_KEPT_S)
    except GetParameterError as exc:
        raise AccessError(f"parameter {name}: cannot be read", hint="grant ssm:GetParameter") from exc
