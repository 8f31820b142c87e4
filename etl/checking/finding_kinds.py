"""The closed list of what can be wrong with a workbook, with its texts in both languages.

One entry a kind, ordered by place: file, cover, workbook, sheet, header, row, cell, across cells, against
last month. Texts may hold the slots ``{column}``, ``{sheet}``, ``{cell}``, ``{value}`` and those named in
the finding's arguments. A page of help is a loop over ``KINDS``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from etl.schema import Severity

Place = Literal["file", "cover", "workbook", "sheet", "header", "row", "cell", "cross", "history"]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of finding: how grave it is, what is expected and how to mend it."""

    slug: str
    place: Place
    severity: Severity
    title_zh: str
    title_en: str
    expected_zh: str
    expected_en: str
    remedy_zh: str
    remedy_en: str


def _kind(
    slug: str,
    place: Place,
    severity: Severity,
    title: tuple[str, str],
    expected: tuple[str, str],
    remedy: tuple[str, str],
) -> Kind:
    return Kind(
        slug=slug,
        place=place,
        severity=severity,
        title_zh=title[0],
        title_en=title[1],
        expected_zh=expected[0],
        expected_en=expected[1],
        remedy_zh=remedy[0],
        remedy_en=remedy[1],
    )


_XLSX = ("可打开的 .xlsx 工作簿", "An .xlsx workbook that opens")
_SAVE_AS = (
    "用 Excel 或 WPS 打开原文件，另存为“Excel 工作簿（*.xlsx）”后重新提交",
    "Open the file in Excel or WPS, save it as an Excel workbook (*.xlsx) and hand it in again",
)
_RESAVE = (
    "用 Excel 或 WPS 打开后另存一份；打不开时从系统重新下载模板填报",
    "Open it in Excel or WPS and save a new copy; if it does not open, fill in a fresh template",
)
_EXPECTATION = ("{expectation}", "{expectation}")
_TYPE_AGAIN = ("按期望的形式重填该单元格", "Fill the cell in again in the expected form")
_NO_MERGE = ("取消合并，逐格填写", "Unmerge the cells and fill in each one")
_RULE = ("{rule}{others}", "{rule}{others}")
_CHECK_BOTH = (
    "核对本行有关各格，改正填错的一格",
    "Check the cells of this row that belong together and correct the wrong one",
)
_STATE_WHY = (
    "核对；有误的改正，无误的填写情况说明",
    "Check it; correct it if it is wrong, otherwise state why it is right",
)
_FOR_INFORMATION = ("无需处理；如与实际不符请改正", "Nothing to do unless it is not as meant")
_FROM_TEMPLATE = (
    "从系统重新下载本月模板，把数据粘贴过去",
    "Download this month's template again and paste the data into it",
)
_RENAME_BACK = (f"{{similar}}{_FROM_TEMPLATE[0]}", f"{{similar}}{_FROM_TEMPLATE[1]}")
_DATE_FORM = ("形如 2026-09-03 的日期{with_time}", "A date such as 2026-09-03{with_time}")
_UNITS = ("{candidates}", "{candidates}")

_ALL = (
    # --- the file as a whole: the refusals of the gate
    _kind("empty_file", "file", "must", ("文件为空", "Empty file"), _XLSX, ("重新导出或保存文件后再提交", "Save or export the file again")),
    _kind("too_large", "file", "must", ("文件过大", "Too large"), ("{limit_of}不超过{limit}", "{limit_of} of at most {limit}"), ("{stray}删除空白行列、图片和无关工作表后另存；确需更大的请分月提交", "{stray}Delete empty rows and columns, pictures and unrelated sheets and save again; hand in each month by itself")),
    _kind("corrupt_zip", "file", "must", ("文件已损坏", "Damaged file"), _XLSX, _RESAVE),
    _kind("corrupt_xml", "file", "must", ("文件内容已损坏", "Damaged content"), _XLSX, _RESAVE),
    _kind("doctype", "file", "must", ("文件含有不允许的声明", "A declaration that is not allowed"), ("不含实体声明的 .xlsx 工作簿", "An .xlsx workbook without DOCTYPE"), _RESAVE),
    _kind("macro", "file", "must", ("文件含有宏", "Macros in the file"), ("不含宏的 .xlsx 工作簿", "An .xlsx workbook without macros"), ("另存为“Excel 工作簿（*.xlsx）”，不要选“启用宏”", "Save as an Excel workbook (*.xlsx), not as a macro-enabled one")),
    _kind("encrypted", "file", "must", ("文件已加密", "Encrypted file"), ("未设打开密码的 .xlsx 工作簿", "An .xlsx workbook without a password"), ("在“文件—信息—保护工作簿”中取消打开密码后保存", "Remove the password (File, Info, Protect workbook) and save")),
    _kind("legacy_xls", "file", "must", ("旧版 .xls 文件", "An old .xls file"), _XLSX, _SAVE_AS),
    _kind("legacy_xlsb", "file", "must", ("二进制 .xlsb 文件", "A binary .xlsb file"), _XLSX, _SAVE_AS),
    _kind("ods", "file", "must", ("OpenDocument 表格模板", "An OpenDocument spreadsheet template"), _XLSX, _SAVE_AS),
    _kind("text_not_workbook", "file", "must", ("文本文件，不是工作簿", "A text file, not a workbook"), _XLSX, ("按本月模板填报；外部台账由管理员先转换成填报表", "Fill in this month's template; a foreign log is turned by the convert command")),
    _kind("not_spreadsheet", "file", "must", ("不是电子表格", "Not a spreadsheet"), _XLSX, ("请提交按模板填好的 .xlsx 工作簿", "Hand in the filled-in .xlsx template")),
    _kind("dde_link", "file", "must", ("文件含有外部程序链接", "Links to other programs"), ("不链接外部程序的工作簿", "A workbook without DDE or OLE links"), ("在“数据—编辑链接”中断开链接后保存", "Break the links (Data, Edit links) and save")),
    _kind("unreadable", "file", "must", ("文件无法读取", "Unreadable file"), _XLSX, _RESAVE),
    _kind("simulated_and_real", "file", "must", ("模拟数据与真实数据不得混用", "Simulated and real data never mix"), ("{wanted}", "{wanted}"), ("从本系统重新下载模板填报", "Fill in a template downloaded from this system")),
    _kind("external_links", "file", "info", ("引用了其他文件", "Refers to other files"), ("数据在本工作簿内", "Data stand in this workbook"), ("只读取已保存的数值；如需更新请先打开被引用的文件再保存", "Only stored values are read; open the files referred to and save if they must be updated")),
    # --- cover
    _kind("missing_cover", "cover", "must", ("缺少封面", "No cover"), ("名为“{sheet}”的工作表", "A sheet named {sheet}"), _RENAME_BACK),
    _kind("missing_label", "cover", "must", ("封面缺少项目", "An item is missing on the cover"), ("A列有“{column}”", "{column} stands in column A"), ("按模板在A列补上该项目，B列填写内容", "Put the item into column A and its value into column B")),
    _kind("duplicate_label", "cover", "must", ("封面项目重复", "An item stands twice on the cover"), ("“{column}”在A列只出现一次", "{column} stands in column A once"), ("删除多余的一行", "Delete the superfluous row")),
    _kind("template_unknown", "cover", "must", ("模板版本无法识别", "Unknown template version"), ("{versions}", "{versions}"), _FROM_TEMPLATE),
    _kind("template_older", "cover", "info", ("旧版模板", "An older template"), ("{current}", "{current}"), ("本次接收；下月请下载新模板", "Accepted this time; please download the new template next month")),
    _kind("cover_unit_unknown", "cover", "must", ("填报单位无法识别", "Unknown reporting unit"), ("填报单位的代码、全称、简称或别名", "Code, name, short name or alias of a reporting unit"), ("核对封面的行政区划代码和填报单位", "Check code and name of the reporting unit on the cover")),
    _kind("unit_not_reporting", "cover", "must", ("该单位不是填报单位", "Not a reporting unit"), ("填报单位的代码或名称", "Code or name of a reporting unit"), ("由其所属填报单位汇总上报", "Its rows belong into the workbook of the unit above it")),
    _kind("unit_code_name_differ", "cover", "must", ("代码与单位名称不一致", "Code and name disagree"), ("{expected_name}", "{expected_name}"), ("改正代码或单位名称", "Correct the code or the name")),
    _kind("period_outside_campaign", "cover", "must", ("报告期不在整治工作期内", "Month outside the campaign"), ("{first} 至 {last}", "{first} to {last}"), ("核对封面的报告期", "Check the month on the cover")),
    _kind("period_not_begun", "cover", "must", ("报告期尚未开始", "The month has not begun"), ("不晚于 {today} 所在月份", "Not after the month of {today}"), ("核对封面的报告期，到期后再报", "Check the month on the cover, or hand in once it has begun")),
    _kind("window_differs", "cover", "verify", ("统计起止日与规则不同", "The window differs from the rule"), ("{rule_date}", "{rule_date}"), ("恢复规则日期，或说明原因", "Restore the date of the rule, or state why it differs")),
    _kind("window_outside_month", "cover", "must", ("统计起止日不在报告期内", "The window lies outside the month"), ("{period}之内的日期，按规则为{rule_date}", "A date in {period}, {rule_date} by the rule"), ("改正统计起止日；填错的是报告期的，改正报告期", "Correct the date; if it is the month that is wrong, correct the month")),
    _kind("another_months_data", "cover", "must", ("整份数据是另一个月的", "The data of another month"), ("{wanted}的数据；现在各表各行都与{other}所报的相同", "Data of {wanted}; every row of every sheet equals what {other} reported"), ("换成{wanted}的填报表；{other}报错的，先更正{other}；{wanted}确无新增的，删去台账中{other}已报的行，填零报告", "Take the workbook of {wanted}; if it is {other} that was reported wrongly, correct {other} first; if nothing was new, delete from the logs the rows reported for {other} and say zero report")),
    _kind("zero_report_with_rows", "cover", "must", ("填了零报告，台账却有数据", "A zero report with rows in the log"), ("零报告填“是”时“{log}”为空", "{log} is empty where the zero report says 是"), ("台账确有数据的，把零报告改为空或“否”；否则删除台账数据", "Clear the zero report if the rows are right; delete the rows otherwise")),
    _kind("unchanged_but_filled", "cover", "must", ("填了与上期无变化，表中却有数据", "Unchanged, yet the sheet is filled"), ("填“是”时“{log}”留空", "{log} stays empty where 是 is given"), ("有变化的把“是”改为空；无变化的清空该表数据", "Clear 是 if figures changed; clear the sheet if they did not")),
    _kind("nothing_to_take_over", "cover", "must", ("没有可沿用的上月数据", "Nothing to take over"), ("上月已报“{log}”，且报告期不是一月", "{log} was reported last month, and it is not January"), ("清除“是”，填写该表", "Clear 是 and fill in the sheet")),
    _kind("other_unit", "cover", "must", ("不是所选单位的填报表", "Another unit's workbook"), ("封面填报单位为{wanted}", "A cover of {wanted}"), ("换成{wanted}的填报表；各单位只能由本单位联络员报送", "Take the workbook of {wanted}; each unit is reported by its own liaison alone")),
    _kind("other_period", "cover", "must", ("不是所选月份的填报表", "Another month's workbook"), ("封面报告期为{wanted}", "A cover of {wanted}"), ("换成{wanted}的填报表，或先在页面上方改选月份", "Take the workbook of {wanted}, or choose the other month at the top of the page first")),
    _kind("file_name_of_other_unit", "file", "must", ("文件名是另一个单位的", "The file is named after another unit"), ("文件名与封面的填报单位{wanted}一致", "A file name that goes with the cover's unit, {wanted}"), ("核对是否拿错文件；没有拿错的，改正文件名后再上传", "Check whether this is the right file; if it is, rename it and upload it again")),
    _kind("file_name_of_other_month", "file", "must", ("文件名是另一个月份的", "The file is named after another month"), ("文件名中的月份与本次填报的{wanted}一致", "A file name that goes with the month handed in, {wanted}"), ("核对是否拿错文件；没有拿错的，改正文件名后再上传", "Check whether this is the right file; if it is, rename it and upload it again")),
    # --- the sheets of the workbook
    _kind("missing_sheet", "workbook", "must", ("缺少工作表", "A sheet is missing"), ("名为“{sheet}”的工作表", "A sheet named {sheet}"), _RENAME_BACK),
    _kind("duplicate_sheet", "workbook", "must", ("工作表重复", "A sheet stands twice"), ("只有一张“{sheet}”", "One sheet named {sheet}"), ("删除或改名多余的一张", "Delete or rename the superfluous one")),
    _kind("unknown_sheet", "workbook", "info", ("多余的工作表", "A sheet we do not know"), ("模板内的工作表", "Sheets of the template"), ("不读取；如有数据请移入模板的工作表", "It is not read; move its data into the template's sheets if there are any")),
    _kind("sheet_not_due", "workbook", "info", ("本月不需填报的工作表", "A sheet not due this month"), ("本单位本月应报的工作表", "Sheets this unit reports this month"), ("不读取，可删除", "It is not read and may be deleted")),
    _kind("hidden_sheet", "workbook", "info", ("隐藏的工作表内有数据", "Data on a hidden sheet"), ("有数据的工作表不隐藏", "Sheets with data are visible"), ("取消隐藏并核对数据", "Unhide the sheet and check its data")),
    # --- one sheet
    _kind("header_not_found", "header", "must", ("找不到表头", "No header row"), ("前20行内有一行表头，含“{titles}”", "A header row within the first 20 rows, with {titles}"), _FROM_TEMPLATE),
    _kind("missing_column", "header", "must", ("缺少列", "A column is missing"), ("表头含“{column}”", "The header has {column}"), ("{similar}恢复该列表头", "{similar}Restore the header of this column")),
    _kind("duplicate_header", "header", "must", ("表头重复", "A header stands twice"), ("“{column}”只出现一次", "{column} stands once"), ("删除或改名多余的一列", "Delete or rename the superfluous column")),
    _kind("unexpected_column", "header", "info", ("多余的列内有数据", "Data in a column we do not know"), ("模板内的列", "Columns of the template"), ("不读取；如属某列请移入该列", "It is not read; move its data where they belong")),
    _kind("hidden_cells", "sheet", "info", ("隐藏的行或列内有数据", "Data in hidden rows or columns"), ("有数据的行列不隐藏", "Rows and columns with data are visible"), ("已读取；请取消隐藏并核对", "They are read; unhide and check them")),
    _kind("formula", "sheet", "info", ("数据区有公式", "Formulas in the data area"), ("填写数值", "Values"), ("按保存的计算结果读取；建议粘贴为数值", "Their stored results are read; better paste them as values")),
    _kind("sheet_not_filled", "sheet", "must", ("整张表未填", "The sheet is not filled in"), ("表中各行都填", "Every row of the sheet is filled in"), ("逐行填写；没有的，数字填0、文字填“无”，没有该项任务的填“不适用”", "Fill in each row; where there was none 0, or 无 in a text; 不适用 where there is no such task")),
    _kind("log_empty_without_zero_report", "sheet", "must", ("台账为空且未作零报告", "Empty log without a zero report"), ("有数据，或封面“{flag}”填“是”", "Rows, or 是 at {flag} on the cover"), ("确无发生的在封面填“是”；否则补填台账", "Say 是 on the cover if there truly were none; otherwise fill in the log")),
    # --- rows
    _kind("totals_row", "row", "must", ("数据区有合计行", "A totals row among the data"), ("只有明细行", "Rows of detail only"), ("删除合计行，系统自动汇总", "Delete it; totals are computed")),
    _kind("repeated_header", "row", "must", ("数据区重复出现表头", "The header again among the data"), ("只有数据行", "Rows of data only"), ("删除该行", "Delete the row")),
    _kind("pasted_table", "row", "must", ("表下粘贴了另一张表", "Another table pasted below"), ("只有“{sheet}”的数据行", "Rows of {sheet} only"), ("把第{rows}行移到{pasted}，或删除；这些行未检查", "Move rows {rows} to {pasted}, or delete them; they were not checked")),
    _kind("blank_row", "row", "info", ("数据中间有空行", "Blank rows among the data"), ("数据连续填写", "Rows follow each other"), ("第{rows}行为空，已跳过；有遗漏的请补填", "Row {rows} is blank and was skipped; fill it in if something is missing")),
    _kind("unit_row_empty", "row", "must", ("该单位整行未填", "A unit's row is not filled in"), ("每个单位各项都填", "Every cell of the unit's row is filled"), ("逐格填写；没有的，数字填0、文字填“无”，没有该项任务的填“不适用”", "Fill in each cell; where there was none 0, or 无 in a text; 不适用 where there is no such task")),
    _kind("missing_unit", "row", "must", ("缺少单位", "A unit is missing"), ("{missing} 填一行", "A row for {missing}"), ("补上该单位的一行", "Add the unit's row")),
    _kind("missing_row", "row", "must", ("缺少固定行", "A set row is missing"), ("{missing} 填一行", "A row for {missing}"), ("按模板补上该行", "Put the row back as in the template")),
    _kind("unit_name_differs", "row", "must", ("单位名称与代码不一致", "Name and code disagree"), ("{expected_name}", "{expected_name}"), ("改正代码或名称", "Correct the code or the name")),
    _kind("duplicate_key", "row", "must", ("编号或单位重复", "The same key twice"), ("{keys}在本表内不重复（首次出现在第{first_row}行）", "{keys} unique on the sheet (first in row {first_row})"), ("删除重复行，或改正编号", "Delete the row that repeats, or correct its key")),
    # --- cells
    _kind("required_empty", "cell", "must", ("必填项为空", "A required cell is empty"), _EXPECTATION, ("填写该单元格{zero_hint}", "Fill in the cell{zero_hint}")),
    _kind("dash_for_missing", "cell", "must", ("用横线或“无”代替数值", "A dash in place of a value"), _EXPECTATION, ("填写实际内容{zero_hint}；不要用横线、斜线代替", "Fill in what is meant{zero_hint}; a dash does not say it")),
    _kind("not_applicable_here", "cell", "must", ("该项不能填“不适用”", "不适用 is not an answer here"), _EXPECTATION, ("填写实际内容", "Fill in the actual value")),
    _kind("formula_without_value", "cell", "must", ("公式没有计算结果", "A formula without a result"), _EXPECTATION, ("用 Excel 或 WPS 打开、计算并保存，或直接填数值", "Open, calculate and save it in Excel or WPS, or type the value")),
    _kind("error_value", "cell", "must", ("单元格为错误值", "An error value"), _EXPECTATION, ("改正公式，或直接填数值", "Mend the formula, or type the value")),
    _kind("long_number", "cell", "must", ("超过15位的数字已失真", "A number of over 15 digits has lost its last ones"), ("以文本填写的编号", "A number written as text"), ("把单元格格式设为“文本”后重新输入", "Format the cell as text and type it again")),
    _kind("picture_in_cell", "cell", "must", ("单元格内为图片", "A picture in the cell"), _EXPECTATION, ("删除图片，填写内容", "Delete the picture and fill in the value")),
    _kind("merged_cells", "cell", "must", ("数据区有合并单元格", "Merged cells among the data"), ("每格各填一项", "One value in each cell"), _NO_MERGE),
    _kind("text_too_long", "cell", "must", ("文字过长", "Too long a text"), ("不超过{limit}字（现{found}字）", "At most {limit} characters (now {found})"), ("删减文字", "Shorten it")),
    _kind("not_a_number", "cell", "must", ("不是数字", "Not a number"), _EXPECTATION, ("{meant}只填阿拉伯数字，不带文字", "{meant}Digits only, without words")),
    _kind("chinese_numeral", "cell", "must", ("用了中文数字", "A Chinese numeral"), _EXPECTATION, ("改填阿拉伯数字", "Use digits")),
    _kind("percent", "cell", "must", ("填了百分比", "A percentage"), _EXPECTATION, ("填原始数，不填百分比", "Give the count, not a percentage")),
    _kind("date_for_number", "cell", "must", ("数字格内为日期", "A date in a number's place"), _EXPECTATION, ("把单元格格式改为数值后重填", "Format the cell as a number and type it again")),
    _kind("not_whole", "cell", "must", ("不是整数", "Not a whole number"), _EXPECTATION, ("填整数", "Give a whole number")),
    _kind("too_many_decimals", "cell", "must", ("小数位过多", "Too many decimals"), _EXPECTATION, ("最多保留两位小数", "Keep at most two decimals")),
    _kind("number_too_large", "cell", "must", ("数字过大", "Too large a number"), ("不超过15位的数字", "A number of at most 15 digits"), _TYPE_AGAIN),
    _kind("below_minimum", "cell", "must", ("数字过小", "Too small a number"), _EXPECTATION, ("核对并改正", "Check and correct it")),
    _kind("above_maximum", "cell", "must", ("数字过大", "Too large a number"), _EXPECTATION, ("核对并改正；注意单位，不要填编号或日期", "Check and correct it; mind the unit")),
    _kind("not_a_date", "cell", "must", ("不是日期", "Not a date"), _DATE_FORM, ("按 年-月-日 重填", "Write it as year-month-day")),
    _kind("date_serial", "cell", "must", ("日期显示为数字", "A date shown as a number"), _DATE_FORM, ("把单元格格式改为日期，核对后再填", "Format the cell as a date and check it")),
    _kind("date_ambiguous", "cell", "must", ("日期的日月次序不明", "Day and month may be confused"), _DATE_FORM, ("按 年-月-日 重填", "Write it as year-month-day")),
    _kind("date_two_digit_year", "cell", "must", ("年份只有两位", "A year of two digits"), _DATE_FORM, ("年份写四位", "Write the year with four digits")),
    _kind("date_incomplete", "cell", "must", ("日期不完整", "An incomplete date"), _DATE_FORM, ("年、月、日都要写", "Give year, month and day")),
    _kind("date_impossible", "cell", "must", ("日期不存在", "No such date"), _DATE_FORM, ("核对年、月、日和时间", "Check year, month, day and time")),
    _kind("not_a_month", "cell", "must", ("不是月份", "Not a month"), ("形如 2026-09 的月份", "A month such as 2026-09"), ("按 年-月 重填", "Write it as year-month")),
    _kind("not_yes_no", "cell", "must", ("不是“是”或“否”", "Neither 是 nor 否"), ("是 | 否", "是 (yes) | 否 (no)"), ("从下拉框选“是”或“否”", "Choose 是 or 否 from the list")),
    _kind("not_a_choice", "cell", "must", ("不在选项内", "Not one of the choices"), ("{choices}", "{choices}"), ("{nearest}从下拉框选择一项", "{nearest}Choose one from the list")),
    _kind("unknown_unit", "cell", "must", ("单位无法识别", "Unknown unit"), _UNITS, ("{nearest}从下拉框选择，或填单位全称、代码", "{nearest}Choose from the list, or give the full name or code")),
    _kind("ambiguous_unit", "cell", "must", ("单位名称有歧义", "An ambiguous unit"), _UNITS, ("填单位全称或代码", "Give the full name or the code")),
    _kind("foreign_unit", "cell", "must", ("不是本填报单位的下级单位", "A unit of somebody else"), _UNITS, ("删除该行，由{owner}上报；填错的改正单位", "Delete the row, {owner} reports it; or correct the unit")),
    # --- across the cells of a row
    _kind("part_exceeds_whole", "cross", "must", ("部分大于全部", "The part exceeds the whole"), _RULE, _CHECK_BOTH),
    _kind("part_exceeds_whole_check", "cross", "verify", ("数量超出上限", "More than the limit"), _RULE, _STATE_WHY),
    _kind("sum_differs", "cross", "must", ("合计与分项不符", "The parts do not add up"), _RULE, _CHECK_BOTH),
    _kind("date_order", "cross", "must", ("日期先后颠倒", "Dates in the wrong order"), _RULE, _CHECK_BOTH),
    _kind("after_data_to", "cross", "must", ("晚于统计截止日", "After the last day of data"), ("{rule}（{data_to}）", "{rule} ({data_to})"), ("改正日期；属下月的下月再报", "Correct the date; what belongs to next month is reported next month")),
    _kind("after_month", "cross", "verify", ("晚于报告期", "After the month reported"), ("{rule}（{month_end}）", "{rule} ({month_end})"), ("改正日期；属下月的下月再报；或说明原因", "Correct the date; what belongs to next month is reported next month; or state why it stands here")),
    _kind("in_the_future", "cross", "must", ("日期还没有到", "A date still to come"), ("{rule}（{today}）", "{rule} ({today})"), ("改正日期；尚未发生的，发生后再报", "Correct the date; what has not happened yet is reported once it has")),
    _kind("before_data_from", "cross", "info", ("早于统计起始日", "Before the first day of data"), ("{rule}（{data_from}）", "{rule} ({data_from})"), _FOR_INFORMATION),
    _kind("session_before_data_from", "cross", "verify", ("培训早于统计起始日", "A course before the first day of data"), ("{rule}（{data_from}）", "{rule} ({data_from})"), ("属以前月份的，补报到那个月；日期填错的改正；或说明原因", "Report it with the month it belongs to, or correct the date; or state why it stands here")),
    _kind("required_when", "cross", "must", ("此情形下必填", "Required in this case"), _RULE, ("填写该单元格", "Fill in the cell")),
    _kind("flag_disagrees", "cross", "must", ("是否按期与时间不符", "The flag disagrees with the times"), _RULE, _CHECK_BOTH),
    _kind("due_unknown", "cross", "verify", ("办结期限不明", "Unknown due time"), _RULE, ("补填其中一项，或说明原因", "Give one of them, or state why not")),
    _kind("renews_itself", "cross", "must", ("原工单编号是本工单", "A case renews itself"), _RULE, ("改填前件的编号，或留空", "Give the earlier case's number, or leave it empty")),
    _kind("text_not_collected", "cross", "must", ("此类不填内容", "A text that is not collected"), _RULE, ("清空该单元格", "Clear the cell")),
    _kind("long_course", "cross", "verify", ("学时偏多", "Many class hours"), _RULE, _STATE_WHY),
    # --- against last month
    _kind("jump", "history", "verify", ("与上月相差较大", "Far from last month"), ("{rule}（上月 {before}）", "{rule} (last month {before})"), _STATE_WHY),
    _kind("open_case_missing", "history", "verify", ("未办结的工单没有列出", "An open case is not listed"), ("{rule}：{before}", "{rule}: {before}"), ("补列该工单，不该有的填剔除原因；或说明原因", "List the case again, with a reason for leaving it out if it should not be there; or state why not")),
    _kind("issue_missing", "history", "verify", ("报过的问题没有列出", "An issue is no longer listed"), ("{rule}：{before}", "{rule}: {before}"), ("补列该问题；当初报错的，更正那个月的报送，或说明原因", "List the issue again; if it was a mistake, correct the month that told it, or state why not")),
    _kind("issue_date_moved", "history", "verify", ("问题的日期与上次不同", "An issue's date was changed"), ("{rule}（上次 {before}）", "{rule} (before {before})"), _STATE_WHY),
    _kind("issue_reopened", "history", "verify", ("已销号的问题又未整改", "A closed issue is open again"), ("{rule}", "{rule}"), _STATE_WHY),
    _kind("same_as_before", "history", "verify", ("整张表与上次所报相同", "The whole sheet equals the one before"), ("本期的数据；现在每个单位每一格都与{before}所报的相同", "Data of this period; every cell of every unit equals what {before} reported"), ("核对是否误用了{before}的表；有误的改正，确实相同的填写情况说明", "Check whether the sheet of {before} was used by mistake; correct it, or state why the figures are the same")),
    _kind("session_counted", "history", "verify", ("其他月份已报过的培训", "A course reported in another month"), ("{rule}（{before}已报）", "{rule} (reported in {before})"), ("删除该行；留着的只计一次，计入较晚的月份；或说明原因", "Delete the row; if it stays it counts once, in the later month; or state why it stands here")),
    # --- what is left over
    _kind("more_findings", "sheet", "info", ("同类问题还有", "More of the same"), ("另有 {count} 处“{title}”未逐一列出", "{count} more of “{title}” are not listed one by one"), ("改正已列出的同类问题后再次校验", "Mend those listed, then check again")),
)  # fmt: skip

KINDS: dict[str, Kind] = {kind.slug: kind for kind in _ALL}
"""Every kind by its slug."""
