from __future__ import annotations

from lxml import etree

from eval.report.junit import junit_xml
from eval.run import Evaluation
from tests.eval.report.evaluations import HOSTILE, RIGHT_TO_LEFT, hostile, varied

SCHEMA = etree.RelaxNG(
    etree.fromstring("""
<grammar xmlns="http://relaxng.org/ns/structure/1.0"
         datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <define name="counts">
    <attribute name="name"/>
    <attribute name="tests"><data type="nonNegativeInteger"/></attribute>
    <attribute name="failures"><data type="nonNegativeInteger"/></attribute>
    <attribute name="errors"><data type="nonNegativeInteger"/></attribute>
    <attribute name="skipped"><data type="nonNegativeInteger"/></attribute>
    <attribute name="time"><data type="decimal"/></attribute>
  </define>
  <define name="outcome"><attribute name="message"/><attribute name="type"/><text/></define>
  <start><element name="testsuites">
    <ref name="counts"/>
    <element name="testsuite">
      <ref name="counts"/>
      <element name="properties"><zeroOrMore><element name="property">
        <attribute name="name"/><attribute name="value"/>
      </element></zeroOrMore></element>
      <zeroOrMore><element name="testcase">
        <attribute name="classname"/><attribute name="name"/>
        <attribute name="time"><data type="decimal"/></attribute>
        <optional><choice>
          <element name="failure"><ref name="outcome"/></element>
          <element name="error"><ref name="outcome"/></element>
        </choice></optional>
      </element></zeroOrMore>
    </element>
  </element></start>
</grammar>""")
)


def read(evaluation: Evaluation) -> etree._Element:
    """The report, parsed from its bytes and of the layout that build servers read."""
    root = etree.fromstring(junit_xml(evaluation).encode())
    SCHEMA.assertValid(root)
    return root


def test_each_question_is_a_test_case() -> None:
    suite = read(varied())[0]
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "8",
        "failures": "5",
        "errors": "1",
        "skipped": "0",
    }
    cases = {case.get("name"): case for case in suite.iter("testcase")}
    assert list(cases) == [row.id for row in varied().questions]
    assert (cases["right"].get("classname"), cases["right"].get("time"), len(cases["right"])) == (
        "mill",
        "0.005",
        0,
    )
    assert cases["broken"].get("classname") == "gold.jsonl"
    (failure,) = cases["unquoted"]
    assert (failure.tag, failure.get("type")) == ("failure", "read_not_quoted")
    assert failure.get("message") == "read, not quoted"
    assert failure.text == (
        "question: What about unquoted?\nanswer: Nobody was hurt. [1]\nwanted: 1901\n"
        "evidence at rank: 2"
    )
    (error,) = cases["broken"]
    assert (error.tag, error.get("type")) == ("error", "failed")
    assert "the line | went [b]dead[/b]" in (error.get("message") or "")


def test_metrics_are_properties() -> None:
    properties = {one.get("name"): one.get("value") for one in read(varied()).iter("property")}
    assert properties["answer.overall_accuracy"] == "0.250000"
    assert float(properties["answer.overall_accuracy.low"] or "") <= 0.25
    assert properties["stages.not_retrieved"] == "1"
    assert properties["models.embedding"] == "tiny@1234"
    assert "answer.list_recall" not in properties


def test_what_xml_cannot_hold_is_replaced_and_the_rest_kept() -> None:
    root = read(hostile())
    cases = {case.get("name"): case for case in root.iter("testcase")}
    cleaned = HOSTILE.replace("\x1b", "\ufffd").replace("\x00", "\ufffd").replace("\x08", "\ufffd")
    assert f"q {cleaned}" in cases
    assert cases["failed"][0].get("message") == cleaned
    assert RIGHT_TO_LEFT not in cases
    assert junit_xml(hostile()) == junit_xml(hostile())
