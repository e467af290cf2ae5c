"""Every code of the vendor's can be planned as a fault; the suite tells which of them come by themselves."""

import pytest
import requests

from contracts.catalogue import catalogue
from contracts.codes import CODES
from contracts.coverage import FURTHER_CODES, VENDORS_CODES, codes_reached
from contracts.suite import provoked

WORDED_OTHERWISE = {800: "Unauthorized action."}
"""Codes that every operation refuses with in words of its own."""


def test_vendor_s_codes_are_the_42_of_its_table_and_the_one_of_a_quota():
    assert len(VENDORS_CODES) == 43
    assert {*VENDORS_CODES, *FURTHER_CODES} == CODES.keys()


@pytest.mark.sendpulse(limits="off")
@pytest.mark.parametrize("number", CODES)
def test_code_can_be_planned_as_a_fault(sendpulse, number):
    sendpulse.faults.add({"refuse": number}, operation="*")

    answer = requests.get(
        f"{sendpulse.base_url}/user/info", headers={"Authorization": f"Bearer {sendpulse.api_key}"}, timeout=5
    )

    code = CODES[number]
    assert answer.status_code == code.status
    assert answer.json() == {"message": WORDED_OTHERWISE.get(number, code.message), "error_code": number}


def test_suite_reaches_every_code_of_the_vendor_s():
    codes = codes_reached(catalogue(), set(provoked()))["vendor"]

    assert codes.missing == ()
