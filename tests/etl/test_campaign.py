"""Campaigns are data: both load, their figures add up, names are recognised, and broken files are named."""

import csv
import json
import re
import shutil
from datetime import date, datetime
from pathlib import Path

import pytest

from etl.campaign import CampaignError, load_campaign

ROOT = Path(__file__).parents[2]
CAMPAIGNS = ROOT / "data" / "campaigns"
REFERENCE = ROOT.parent / "shared"


@pytest.fixture(scope="module")
def yunnan():
    return load_campaign(CAMPAIGNS / "yunnan-2025")


@pytest.fixture(scope="module")
def pingshan():
    return load_campaign(CAMPAIGNS / "pingshan-2018")


@pytest.fixture
def folder(tmp_path):
    """A copy of the Yunnan campaign that a test may break."""
    shutil.copytree(CAMPAIGNS / "yunnan-2025", tmp_path / "copy")
    return tmp_path / "copy"


def replace_in(path: Path, old: str, new: str) -> None:
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")


def edit_settings(path: Path, old: str, new: str) -> None:
    replace_in(path / "campaign.toml", old, new)


# What the campaigns hold


def test_yunnan_has_16_prefectures_129_counties_and_an_own_office_for_each_prefecture(yunnan):
    assert yunnan.top.name == "云南省"
    assert len(yunnan.reporting_units) == 16
    counties = [unit for unit in yunnan.units if unit.level == "county"]
    assert sum(not unit.own_office for unit in counties) == 129
    assert sum(unit.own_office for unit in counties) == 16
    assert (yunnan.leaf_level, len(yunnan.periods)) == ("county", 21)
    assert (yunnan.periods[0], yunnan.periods[-1]) == ("2025-04", "2026-12")


def test_an_own_office_is_the_last_leaf_with_the_code_of_its_unit(yunnan):
    *counties, office = yunnan.leaves("530100")
    assert len(counties) == 14
    assert (office.code, office.name, office.level, office.parent) == (
        "530100",
        "昆明市本级",
        "county",
        "530100",
    )
    assert yunnan.unit("530100").name == "昆明市"
    assert yunnan.unit("530100", "prefecture").name == "昆明市"
    assert yunnan.unit("530100", "county") == office
    assert yunnan.children(office) == ()
    assert yunnan.children(yunnan.top) == yunnan.reporting_units


def test_an_unknown_unit_is_named(yunnan):
    with pytest.raises(KeyError, match="yunnan-2025 has no unit '999999'"):
        yunnan.unit("999999")
    with pytest.raises(KeyError, match="at level 'county'"):
        yunnan.unit("530000", "county")


def test_population_adds_up_from_counties_to_the_province(yunnan):
    total = 0
    for prefecture in yunnan.reporting_units:
        counties = [unit for unit in yunnan.leaves(prefecture.code) if not unit.own_office]
        people = sum(yunnan.reference_population(county.code, "2026-09") for county in counties)
        assert people == yunnan.reference_population(prefecture.code, "2026-09")
        total += people
    assert total == yunnan.reference_population("530000", "2026-09") == 47_209_277


def test_an_own_office_has_no_population(yunnan):
    assert yunnan.reference_population("530100", "2026-09") == 8_460_088
    assert yunnan.reference_population("530100", "2026-09", "county") is None


def test_population_is_not_known_before_it_was_counted(yunnan):
    assert yunnan.population("530100", "2020-10") is None
    assert yunnan.population("530100", "2020-11").resident == 8_460_088


def test_pingshan_knows_its_population_for_the_district_only(pingshan):
    assert pingshan.reference_population("440310", "2018-06") == 551_333
    assert [street.name for street in pingshan.leaves("440310")] == [
        "坪山街道",
        "坑梓街道",
        "龙田街道",
        "石井街道",
        "马峦街道",
        "碧岭街道",
    ]
    assert {pingshan.reference_population(unit.code, "2018-06") for unit in pingshan.leaves("440310")} == {
        None
    }
    assert pingshan.reporting_units == (pingshan.top,)


def test_peer_groups_part_the_prefectures_at_three_million_residents(yunnan):
    large, small = yunnan.peer_groups
    assert {yunnan.unit(code).short_name for code in large.members} == {
        "昆明",
        "曲靖",
        "昭通",
        "红河州",
        "文山州",
        "大理州",
    }
    assert (large.title_zh, small.title_zh, len(small.members)) == ("第一组", "第二组", 10)
    for unit in yunnan.reporting_units:
        people = yunnan.reference_population(unit.code, "2026-09")
        assert unit.group == (large if people >= 3_000_000 else small).key


def test_sheets_a_campaign_collects(yunnan, pingshan):
    top_level = {sheet.sheet for sheet in yunnan.sheets if sheet.reported_by == "top"}
    assert (len(yunnan.sheets), top_level) == (9, {"surveys", "events"})
    assert yunnan.collected("quarterly").frequency == "quarterly"
    assert yunnan.collected("complaints").without == ("summary",)
    assert [sheet.sheet for sheet in pingshan.sheets] == ["complaints"]
    assert pingshan.collected("basics") is None


def test_every_target_names_its_source_and_scope(yunnan, pingshan):
    for target in (*yunnan.targets, *pingshan.targets):
        assert target.is_setting or "设定值" not in target.citation_zh
    standard = next(target for target in yunnan.targets if target.kpi == "officers_per_10k")
    assert (standard.target, standard.is_setting) == (5, False)
    assert "阳宗海" in standard.scope_zh
    assert "参考值" in standard.scope_zh


@pytest.mark.skipif(
    not (REFERENCE / "kpis.csv").exists(), reason="the list of KPIs is not beside the repository"
)
def test_targets_are_those_of_the_kpi_list(yunnan):
    with (REFERENCE / "kpis.csv").open(encoding="utf-8-sig", newline="") as stream:
        listed = {row["key"]: row for row in csv.DictReader(stream) if row["target"]}
    assert {target.kpi for target in yunnan.targets} == set(listed)
    for target in yunnan.targets:
        assert str(target.target) in listed[target.kpi]["target"].split()
        assert target.is_setting or "设定值" not in listed[target.kpi]["target_source"]


def test_boundaries_are_those_of_the_units_and_small_enough_for_a_page(yunnan):
    path = yunnan.folder / "boundaries.geojson"
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    drawn = {feature["properties"]["code"]: feature["properties"] for feature in features}
    listed = {unit.code: unit for unit in yunnan.units if not unit.own_office}
    assert set(drawn) == set(listed)
    for code, properties in drawn.items():
        unit = listed[code]
        assert (properties["name"], properties["level"]) == (unit.name, unit.level)
        assert properties["parent_code"] == unit.parent
    assert path.stat().st_size < 350_000


def test_maps_say_they_are_an_internal_sketch(yunnan, pingshan):
    assert yunnan.map_note_zh == "内部工作示意图，不得公开"
    assert (pingshan.map_note_zh, pingshan.map_source_zh) == ("", "")


# Due dates


def test_a_month_ends_at_midnight_after_its_last_day(yunnan):
    assert yunnan.due_at("2025-04") == datetime(2025, 5, 1)
    assert yunnan.due_at("2026-12") == datetime(2027, 1, 1)
    assert yunnan.due_day("2025-05") == date(2025, 5, 31)
    assert yunnan.window("2026-02") == (date(2026, 2, 1), date(2026, 2, 28))
    assert not any(yunnan.due_is_estimated(period) for period in yunnan.periods)


def test_a_rest_day_at_the_end_of_a_month_moves_the_due_day_when_the_rule_says_so(folder):
    edit_settings(folder, 'rest_day = "keep"', 'rest_day = "back"')
    moved = load_campaign(folder)
    changed = [period for period in moved.periods if moved.due_day(period) != moved.window(period)[1]]
    assert changed == ["2025-05", "2025-08", "2025-11", "2026-01", "2026-05", "2026-10"]
    assert moved.due_day("2025-05") == date(2025, 5, 30)


def test_five_working_days_after_the_month_and_a_day_settled_by_hand(folder):
    edit_settings(folder, 'day = "period_end"', 'day = "working_days_after"\nworking_days = 5')
    counted = load_campaign(folder)
    assert (counted.due_day("2026-09"), counted.due_is_estimated("2026-09")) == (date(2026, 10, 13), False)
    assert (counted.due_day("2026-12"), counted.due_is_estimated("2026-12")) == (date(2027, 1, 8), True)
    settled = [f"2027-01-{day:02d},{str(day in (4, 5, 6, 7, 8)).lower()},example" for day in range(1, 9)]
    (folder / "working_days.csv").write_text("\n".join(["date,working,source", *settled]), encoding="utf-8")
    assert not load_campaign(folder).due_is_estimated("2026-12")


# Names


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("昆明市", "530100"),
        ("昆明", "530100"),
        ("530100", "530100"),
        ("5301", "530100"),
        ("530100.0", "530100"),
        ("５３０１００", "530100"),
        (" 昆 明　市\n", "530100"),
        ("大理白族自治州", "532900"),
        ("大理州", "532900"),
        ("大理", "532900"),
        ("楚雄", "532300"),
        ("红河", "532500"),
        ("版纳", "532800"),
        ("思茅地区", "530800"),
        ("思茅市", "530800"),
        ("麗江市", "530700"),
        ("臨滄", "530900"),
        ("迪慶藏族自治州", "533400"),
        ("紅河州", "532500"),
    ],
)
def test_a_prefecture_is_known_by_its_names(yunnan, text, code):
    match = yunnan.find_unit(text, yunnan.reporting_units)
    assert (match.reason, match.unit.code) == ("exact", code)


@pytest.mark.parametrize(
    ("code", "level", "name_en"),
    [
        ("530100", None, "Kunming"),
        ("532900", None, "Dali"),
        ("532901", None, "Dali City"),
        ("530125", None, "Yiliang County (Kunming)"),
        ("530628", None, "Yiliang County (Zhaotong)"),
        ("530100", "county", "Kunming (own office)"),
    ],
)
def test_a_unit_has_an_english_name(yunnan, code, level, name_en):
    assert yunnan.unit(code, level).name_en == name_en


@pytest.mark.parametrize("name", ["yunnan-2025", "pingshan-2018"])
def test_every_unit_of_a_campaign_has_its_english_name(name):
    units = load_campaign(CAMPAIGNS / name).units
    named = {(unit.level, unit.name_en) for unit in units if not re.search("[\u4e00-\u9fff]", unit.name_en)}
    assert len(named) == len(units)


def test_without_english_names_a_unit_keeps_its_own(folder):
    lines = (folder / "units.csv").read_text(encoding="utf-8").splitlines()
    (folder / "units.csv").write_text("\n".join(line.rpartition(",")[0] for line in lines), encoding="utf-8")
    assert load_campaign(folder).unit("530100", "county").name_en == "昆明市 (own office)"


@pytest.mark.parametrize(
    ("parent", "text", "code"),
    [
        ("532300", "禄丰县", "532302"),
        ("532300", "532331", "532302"),
        ("530300", "马龙县", "530304"),
        ("530300", "530328.0", "530303"),
        ("533400", "香格里拉县", "533401"),
        ("533100", "潞西市", "533103"),
        ("530100", "石林", "530126"),
        ("530100", "禄劝彝族苗族自治县", "530128"),
        ("532900", "大理", "532901"),
    ],
)
def test_a_county_is_known_by_its_names_and_former_ones(yunnan, parent, text, code):
    assert yunnan.find_unit(text, yunnan.leaves(parent)).unit.code == code


@pytest.mark.parametrize("text", ["本级", "昆明市本级", "市本级", "昆明本级", "530100", "5301"])
def test_an_own_office_is_known_among_the_leaves_of_its_unit(yunnan, text):
    assert yunnan.find_unit(text, yunnan.leaves("530100")).unit == yunnan.unit("530100", "county")


def test_the_name_of_a_prefecture_alone_is_not_its_own_office(yunnan):
    assert yunnan.find_unit("昆明市", yunnan.leaves("530100")).reason == "unknown"
    assert yunnan.find_unit("530100", yunnan.units).unit == yunnan.unit("530100")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("大理", {"大理白族自治州", "大理市"}),
        ("楚雄", {"楚雄彝族自治州", "楚雄市"}),
        ("文山", {"文山壮族苗族自治州", "文山市"}),
        ("红河", {"红河哈尼族彝族自治州", "红河县"}),
    ],
)
def test_a_name_two_units_bear_is_refused(yunnan, text, names):
    match = yunnan.find_unit(text, yunnan.units)
    assert (match.unit, match.reason) == (None, "ambiguous")
    assert {unit.name for unit in match.candidates} == names


def test_every_own_office_answers_to_the_bare_word_so_it_is_ambiguous_among_all(yunnan):
    assert yunnan.find_unit("本级", yunnan.units).reason == "ambiguous"


def test_prefecture_and_city_of_one_name_are_kept_apart(yunnan):
    assert yunnan.find_unit("大理州", yunnan.units).unit.code == "532900"
    assert yunnan.find_unit("大理市", yunnan.units).unit.code == "532901"
    assert yunnan.find_unit("大理市", yunnan.reporting_units).reason == "unknown"


@pytest.mark.parametrize(
    "text", ["", "昆", "昆明县", "昆明市城管局", "怒江傈傈族自治州", "53010", "530100.5", "阳宗海"]
)
def test_nothing_is_guessed(yunnan, text):
    assert yunnan.find_unit(text, yunnan.units).reason == "unknown"


@pytest.mark.parametrize("name", ["yunnan-2025", "pingshan-2018"])
def test_every_unit_answers_to_its_own_names_among_its_siblings(name):
    campaign = load_campaign(CAMPAIGNS / name)
    for parent in (unit for unit in campaign.units if not unit.own_office):
        siblings = campaign.children(parent)
        for unit in siblings:
            for text in (unit.code, unit.name, unit.short_name, *unit.aliases, *unit.former):
                assert campaign.find_unit(text, siblings).unit == unit


def test_workbooks_are_kept_as_long_as_the_campaign_says_and_for_good_where_it_says_nothing(yunnan, pingshan):
    assert yunnan.workbooks_days == 400
    assert pingshan.workbooks_days is None


def test_a_time_of_keeping_that_is_no_table_is_refused(folder):
    edit_settings(folder, "[keeping]", "[nothing]")
    edit_settings(folder, "workbooks_days = 400\n", "")
    edit_settings(folder, "own_office = true ", "keeping = 400\nown_office = true ")
    with pytest.raises(CampaignError, match="keeping should be a table, found 400"):
        load_campaign(folder)


# Broken files


BROKEN = [
    (
        "campaign.toml",
        "own_office = true ",
        'own_office = "yes" ',
        ["campaign.toml", "own_office", "true or false"],
    ),
    ("campaign.toml", '"2026-12"', '"2026-13"', ["campaign.toml", "last_period", "YYYY-MM"]),
    ("campaign.toml", '"2026-12"', '"2024-12"', ["campaign.toml", "last_period"]),
    (
        "campaign.toml",
        'rest_day = "keep"',
        'rest_day = "skip"',
        ["[due]", "rest_day", "keep | back | forward"],
    ),
    ("campaign.toml", 'day = "period_end"', 'day = "working_days_after"', ["[due]", "working_days"]),
    ("campaign.toml", 'sheet = "basics"', 'sheet = "basic"', ["[[sheets]] 2", "'basic'", "basics"]),
    ("campaign.toml", '"summary"', '"complaint_id"', ["[[sheets]] 5", "complaint_id"]),
    (
        "campaign.toml",
        'reporting_level = "prefecture"',
        'reporting_level = "county"',
        ["reporting_level county"],
    ),
    ("campaign.toml", '"530600", ', "", ["[[peer_groups]]", "530600", "no group"]),
    ("campaign.toml", '"530600", ', '"530602", ', ["[[peer_groups]] members 530602", "reporting unit"]),
    ("campaign.toml", '"530600", ', '"530600", "530700", ', ["members 530700", "2 times"]),
    ("campaign.toml", "rest_day =", "rest_days =", ["[due]", "rest_days", "rest_day"]),
    ("campaign.toml", "without =", "whithout =", ["[[sheets]] 5", "whithout", "without"]),
    ("campaign.toml", "workbooks_days = 400", "workbooks_days = 30", ["[keeping]", "31 to 3650", "found 30"]),
    ("campaign.toml", "workbooks_days = 400", "workbooks_days = 9999", ["[keeping]", "31 to 3650"]),
    ("campaign.toml", "workbooks_days = 400", 'workbooks_days = "400"', ["[keeping]", "a whole number"]),
    ("campaign.toml", "workbooks_days = 400", "workbooks_days = true", ["[keeping]", "a whole number"]),
    ("campaign.toml", "workbooks_days = 400", "", ["[keeping]", "workbooks_days is missing"]),
    (
        "campaign.toml",
        "workbooks_days =",
        "workbook_days =",
        ["[keeping]", "workbook_days", "workbooks_days"],
    ),
    ("campaign.toml", "own_office = true ", "keeping = 400\nown_office = true ", ["campaign.toml", "TOML"]),
    ("campaign.toml", "[map]", "[maps]", ["campaign.toml", "maps", "map"]),
    ("campaign.toml", "[[levels]]", "[[levels", ["campaign.toml", "TOML"]),
    ("units.csv", "530300,", "530100,", ["units.csv", "code 530100", "2 times"]),
    ("units.csv", "530300,曲靖市", "530300,", ["units.csv 第4行", "row 4", "name"]),
    ("units.csv", "曲靖市,曲靖,", "曲靖市,昆明,", ["units.csv", "530300", "short name or alias"]),
    (
        "units.csv",
        "五华区,,county,530100",
        "五华区,,county,539900",
        ["units.csv 第19行", "539900", "prefecture"],
    ),
    (
        "units.csv",
        "530300,曲靖市,曲靖,,prefecture",
        "530300,曲靖市,曲靖,,city",
        ["row 4", "province | prefecture"],
    ),
    (
        "units.csv",
        "530103,盘龙区,盘龙区,,",
        "530103,盘龙区,盘龙区,五华区,",
        ["units.csv 第19、20行", "rows 19, 20", "盘龙区（530103）"],
    ),
    ("units.csv", "530103,盘龙区,", "530103,五华区,", ["units.csv 第19、20行", "五华区（530103）"]),
    (
        "units.csv",
        "530100,昆明市,昆明,,",
        "530100,昆明市,昆明,云南省,",
        ["units.csv 第2、3行", "rows 2, 3"],
    ),
    (
        "units.csv",
        "530300,曲靖市,曲靖,,prefecture,530000,",
        "530300,曲靖市",
        ["row 4", "8 cells, found 3"],
    ),
    ("units.csv", ",Qujing\n", ",Yuxi\n", ["units.csv", "prefecture Yuxi", "2 times"]),
    ("units.csv", "short_name", "shortname", ["units.csv 第1行", "short_name"]),
    ("population.csv", ",8460088,", ",八百万,", ["population.csv 第3行", "resident", "八百万"]),
    ("population.csv", ",8460088,", ",8460089,", ["population.csv", "530100", "8460088", "8460089"]),
    ("population.csv", "530102,2020-11,", "530199,2020-11,", ["population.csv 第19行", "530199"]),
    ("population.csv", "530102,2020-11,", "530102,2025-11,", ["530100, 2020-11", "missing 530102"]),
    ("targets.csv", "officers_per_10k,5,", "officers_per_10k,五,", ["targets.csv 第10行", "a number", "五"]),
    ("targets.csv", ",fixed,", ",monthly,", ["targets.csv 第2行", "fixed | per_period_of_year"]),
    ("targets.csv", "officers_gap,", "officers_per_10k,", ["targets.csv", "officers_per_10k", "2 times"]),
    ("working_days.csv", "source\n", "source\n2027-01-32,true,x\n", ["working_days.csv 第2行", "YYYY-MM-DD"]),
    (
        "working_days.csv",
        "source\n",
        "source\n2027-01-02,是,x\n",
        ["working_days.csv 第2行", "true or false"],
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "expected"), BROKEN)
def test_a_broken_file_is_named_with_its_place_and_what_is_expected(folder, file, old, new, expected):
    replace_in(folder / file, old, new)
    with pytest.raises(CampaignError) as caught:
        load_campaign(folder)
    assert any(all(words in line for words in expected) for line in caught.value.problems), (
        caught.value.problems
    )


@pytest.mark.parametrize(
    "file", ["campaign.toml", "units.csv", "population.csv", "targets.csv", "working_days.csv"]
)
def test_a_missing_file_is_named(folder, file):
    (folder / file).unlink()
    with pytest.raises(CampaignError, match=f"{file}.*missing"):
        load_campaign(folder)


def test_all_problems_come_at_once(folder):
    edit_settings(folder, 'rest_day = "keep"', 'rest_day = "skip"')
    replace_in(folder / "targets.csv", "officers_per_10k,5,", "officers_per_10k,,")
    with pytest.raises(CampaignError) as caught:
        load_campaign(folder)
    assert [line.split()[0] for line in caught.value.problems] == ["campaign.toml", "targets.csv"]


def test_a_zone_without_people_of_its_own_leaves_the_sum_of_its_parent_alone(folder):
    with (folder / "units.csv").open("a", encoding="utf-8") as stream:
        stream.write("530199,示例功能区,示例区,,county,530100,,Example Zone\n")
    with pytest.raises(CampaignError, match="missing 530199"):
        load_campaign(folder)
    with (folder / "population.csv").open("a", encoding="utf-8") as stream:
        stream.write("530199,2020-11,,,人口计入所在县区\n")
    campaign = load_campaign(folder)
    assert campaign.reference_population("530199", "2026-09") is None
    assert campaign.reference_population("530100", "2026-09") == 8_460_088


def test_a_parent_without_a_figure_of_its_own_is_the_sum_of_its_units(folder):
    replace_in(folder / "population.csv", "530100,2020-11,8460088,,2020年第七次全国人口普查常住人口\n", "")
    assert load_campaign(folder).reference_population("530100", "2026-09") == 8_460_088


def test_temporary_residents_count_where_they_are_known_for_all(tmp_path):
    shutil.copytree(CAMPAIGNS / "pingshan-2018", tmp_path / "copy")
    replace_in(tmp_path / "copy" / "population.csv", "551333,,", "551333,1000,")
    assert load_campaign(tmp_path / "copy").reference_population("440310", "2018-06") == 552_333


def test_no_code_knows_a_place(yunnan):
    names = {
        name for unit in yunnan.units if unit.level == "prefecture" for name in (unit.name, unit.short_name)
    }
    place = re.compile("|".join((*map(re.escape, sorted(names)), r"(?<![0-9])53[0-9]{4}(?![0-9*])")))
    files = [path for part in ("etl", "metrics", "dashboard") for path in sorted((ROOT / part).rglob("*.py"))]
    assert files
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if place.search(line)
    ]
    assert found == []
