"""3.2: the facts about units are those that SI and NIST publish."""

from decimal import Decimal
from fractions import Fraction

import pytest

from analysis_patterns.patterns.values import STANDARD, Precision, Quantity, parse_unit
from tests.refusals import refuses

SEVEN = Precision(digits=7)

# NIST Special Publication 811, appendix B.8: one of the unit, in SI units, to the seven digits printed there.
PUBLISHED = [
    ("[acr_us]", "m2", "4.046873E+03"),
    ("[in_i]", "m", "2.54E-02"),
    ("[ft_i]", "m", "3.048E-01"),
    ("[ft_us]", "m", "3.048006E-01"),
    ("[yd_i]", "m", "9.144E-01"),
    ("[mi_i]", "m", "1.609344E+03"),
    ("[mi_us]", "m", "1.609347E+03"),
    ("[nmi_i]", "m", "1.852E+03"),
    ("[rd_us]", "m", "5.029210E+00"),
    ("[ly]", "m", "9.460730E+15"),
    ("[sin_i]", "m2", "6.4516E-04"),
    ("[sft_i]", "m2", "9.290304E-02"),
    ("[cft_i]", "m3", "2.831685E-02"),
    ("[bf_i]", "m3", "2.359737E-03"),
    ("[gal_us]", "m3", "3.785412E-03"),
    ("[gal_br]", "m3", "4.54609E-03"),
    ("[qt_us]", "m3", "9.463529E-04"),
    ("[pt_us]", "m3", "4.731765E-04"),
    ("[cup_us]", "m3", "2.365882E-04"),
    ("[foz_us]", "m3", "2.957353E-05"),
    ("[foz_br]", "m3", "2.841306E-05"),
    ("[gil_us]", "m3", "1.182941E-04"),
    ("[tbs_us]", "m3", "1.478676E-05"),
    ("[tsp_us]", "m3", "4.928922E-06"),
    ("[bbl_us]", "m3", "1.589873E-01"),
    ("[bu_us]", "m3", "3.523907E-02"),
    ("[pk_us]", "m3", "8.809768E-03"),
    ("[gr]", "kg", "6.479891E-05"),
    ("[lb_av]", "kg", "4.535924E-01"),
    ("[oz_av]", "kg", "2.834952E-02"),
    ("[oz_tr]", "kg", "3.110348E-02"),
    ("[lb_tr]", "kg", "3.732417E-01"),
    ("[pwt_tr]", "kg", "1.555174E-03"),
    ("[scwt_av]", "kg", "4.535924E+01"),
    ("[lcwt_av]", "kg", "5.080235E+01"),
    ("[ston_av]", "kg", "9.071847E+02"),
    ("[lton_av]", "kg", "1.016047E+03"),
    ("[car_m]", "kg", "2E-04"),
    ("[kn_i]", "m/s", "5.144444E-01"),
    ("[mi_i]/h", "m/s", "4.4704E-01"),
    ("[lbf_av]", "N", "4.448222E+00"),
    ("dyn", "N", "1E-05"),
    ("kgf", "N", "9.80665E+00"),
    ("[psi]", "Pa", "6.894757E+03"),
    ("atm", "Pa", "1.01325E+05"),
    ("att", "Pa", "9.80665E+04"),
    ("mm[Hg]", "Pa", "1.333224E+02"),
    ("[in_i'Hg]", "Pa", "3.386389E+03"),
    ("cm[H2O]", "Pa", "9.80665E+01"),
    ("[in_i'H2O]", "Pa", "2.490889E+02"),
    ("cal_th", "J", "4.184E+00"),
    ("cal_IT", "J", "4.1868E+00"),
    ("[Btu_IT]", "J", "1.055056E+03"),
    ("[Btu_th]", "J", "1.054350E+03"),
    ("kW.h", "J", "3.6E+06"),
    ("erg", "J", "1E-07"),
    ("[HP]", "W", "7.456999E+02"),
    ("P", "Pa.s", "1E-01"),
    ("St", "m2/s", "1E-04"),
    ("Gal", "m/s2", "1E-02"),
    ("[g]", "m/s2", "9.80665E+00"),
    ("G", "T", "1E-04"),
    ("Mx", "Wb", "1E-08"),
    ("ph", "lx", "1E+04"),
    ("sb", "cd/m2", "1E+04"),
    ("Ci", "Bq", "3.7E+10"),
    ("R", "C/kg", "2.58E-04"),
    ("RAD", "Gy", "1E-02"),
    ("REM", "Sv", "1E-02"),
    ("[degR]", "K", "5.555556E-01"),
    ("wk", "s", "6.048E+05"),
]

# The SI Brochure, 9th edition: the defining constants, and the derived units by which they are stated.
DEFINED = [
    ("N", "kg.m/s2", "1"),
    ("Pa", "kg/m/s2", "1"),
    ("J", "kg.m2/s2", "1"),
    ("W", "kg.m2/s3", "1"),
    ("C", "A.s", "1"),
    ("V", "kg.m2/s3/A", "1"),
    ("F", "A2.s4/kg/m2", "1"),
    ("Ohm", "kg.m2/s3/A2", "1"),
    ("S", "s3.A2/kg/m2", "1"),
    ("Wb", "kg.m2/s2/A", "1"),
    ("T", "kg/s2/A", "1"),
    ("H", "kg.m2/s2/A2", "1"),
    ("lx", "cd.sr/m2", "1"),
    ("Gy", "m2/s2", "1"),
    ("kat", "mol/s", "1"),
    ("[c]", "m/s", "299792458"),
    ("[e]", "C", "1.602176634E-19"),
    ("[k]", "J/K", "1.380649E-23"),
    ("eV", "J", "1.602176634E-19"),
    ("AU", "m", "149597870700"),
    ("h", "s", "3600"),
    ("d", "s", "86400"),
    ("har", "m2", "10000"),
    ("L", "m3", "0.001"),
    ("t", "kg", "1000"),
    ("dag", "g", "10"),
    ("ug", "kg", "1E-9"),
    ("QHz", "Hz", "1E+30"),
    ("qm", "m", "1E-30"),
    ("MiBy", "By", "1048576"),
]

# What clinicians count in.
CLINICAL = [
    ("U/L", "nkat/L", "16.66667"),
    ("mm[Hg]", "cm[H2O]", "1.359510"),
    ("meq/L", "mmol/L", "1"),
    ("g%", "g/L", "10"),
    ("10*3/uL", "10*9/L", "1"),
    ("/100{WBC}", "%", "1"),
    ("[drp]", "mL", "0.05"),
    ("[IU]/mL", "k[iU]/L", "1"),
    ("[PRU]", "mm[Hg].min/L", "16.66667"),
]


@pytest.mark.parametrize(("code", "other", "figure"), [*PUBLISHED, *DEFINED, *CLINICAL])
def test_a_unit_is_as_many_of_another_as_is_published(code: str, other: str, figure: str) -> None:
    digits = Precision(digits=max(7, len(Decimal(figure).as_tuple().digits)))

    assert Quantity(1, code).convert_to(other, precision=digits).amount == Decimal(figure)


def test_a_ratio_too_small_for_an_amount_is_still_exact() -> None:
    planck = STANDARD.between(parse_unit("[h]"), parse_unit("J.s"))

    assert planck.ratio == Fraction("6.62607015E-34")


@pytest.mark.parametrize(
    ("code", "other", "why"),
    [
        ("d", "mo", "A month has no fixed number of days."),
        ("mo", "d", "A month has no fixed number of days."),
        ("a", "wk", "A month has no fixed number of days."),
        ("Cel", "[degF]", "Convert degree Celsius by a method of its own (6.6), not by a ratio."),
        ("[degF]", "Cel", "Convert degree Fahrenheit by a method of its own (6.6), not by a ratio."),
        ("Cel", "K", "Convert degree Celsius by a method of its own (6.6), not by a ratio."),
        ("K", "[degF]", "Convert degree Fahrenheit by a method of its own (6.6), not by a ratio."),
        ("mCel", "Cel", "Convert millidegree Celsius by a method of its own (6.6), not by a ratio."),
        ("[pH]", "mol/L", "Convert pH by a method of its own (6.6), not by a ratio."),
        ("deg", "rad", "A degree is pi/180 rad, and no fraction is pi."),
        ("u", "g", "The dalton's mass is only measured, not defined."),
        ("[iU]", "mg", "What an international unit weighs depends on the substance."),
        ("USD", "EUR", "An exchange rate holds at a time, a conversion ratio always."),
        ("[arb'U]", "[USP'U]", "Check which unit was meant, or state a ConversionRatio."),
        ("J", "N", "Check which unit was meant, or state a ConversionRatio."),
        ("rad", "1", "Check which unit was meant, or state a ConversionRatio."),
    ],
)
def test_refuses_to_convert_what_no_ratio_relates(code: str, other: str, why: str) -> None:
    with refuses("quantity.compatible-units") as refused:
        Quantity(20, code).convert_to(other)

    assert refused.value.remedy == why
    assert refused.value.found.startswith(f"20 {code} in {other} (")


def test_a_year_is_twelve_months_but_only_a_mean_one_is_days() -> None:
    assert Quantity(2, "a").convert_to("mo") == Quantity(24, "mo")
    assert Quantity(1, "a_j").convert_to("d") == Quantity("365.25", "d")
    assert Quantity(1, "mo_j").convert_to("d") == Quantity("30.4375", "d")


def test_a_temperature_still_is_what_it_was_measured_as() -> None:
    assert Quantity("37.5", "Cel").convert_to("Cel") == Quantity("37.5", "Cel")
    assert Quantity("38", "Cel") > Quantity("37.5", "Cel")
    assert Quantity("37.5", "Cel") != Quantity("37.5", "K")
