"""The natural logarithm with the very bits that Terraform gets, on whatever machine.

Terraform's is that of Go, which goes by FDLIBM; that of the C library is another one in the last
bit now and then, and `ceil(log(n, 2))` another number then.
"""

import math
from typing import Final

_EVEN: Final = (
    6.666666666666735130e-01,
    2.857142874366239149e-01,
    1.818357216161805012e-01,
    1.479819860511658591e-01,
)
_ODD: Final = (3.999999999940941908e-01, 2.222219843214978396e-01, 1.531383769920937332e-01)
"""FDLIBM's coefficients for the even and odd powers of a square."""
_LN_2: Final = (6.93147180369123816490e-01, 1.90821492927058770002e-10)
"""The logarithm of 2 in two parts, the first one short enough to be multiplied exactly."""


def natural_logarithm(value: float) -> float:
    """Return the logarithm of a number above zero."""
    mantissa, scale = math.frexp(value)
    if mantissa < math.sqrt(0.5):
        mantissa, scale = mantissa * 2, scale - 1
    over = mantissa - 1
    ratio = over / (2 + over)
    square = ratio * ratio
    fourth = square * square
    rest = square * _polynomial(_EVEN, fourth) + fourth * _polynomial(_ODD, fourth)
    half = 0.5 * over * over
    high, low = _LN_2
    return scale * high - ((half - (ratio * (half + rest) + scale * low)) - over)


def _polynomial(coefficients: tuple[float, ...], at: float) -> float:
    total = 0.0
    for coefficient in reversed(coefficients):
        total = coefficient + at * total
    return total
