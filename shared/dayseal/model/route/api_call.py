"""One row of a cloud's table of API calls: what dayseal asks there, how often, and with which parameters."""

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class ApiCall:
    """One operation, as `service:operation`; the names of what it is asked with, tokens of further pages left out."""

    name: str
    often: str
    parameters: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The call with its parameters: `eks:DescribeCluster(name)`."""
        return f"{self.name}({', '.join(self.parameters)})"
