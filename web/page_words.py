"""The texts that stand around every page, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

BOTH: Mapping[str, tuple[str, str]] = {
    "search": ("搜索", "Search"),
    "search_for": ("编号、标题、人员", "Number, title, person"),
    "rehearsal_mark": ("演练", "Rehearsal"),
    "status_page": ("运行状态", "Status"),
    "look": ("显示", "Display"),
    "look_system": ("跟随系统", "As the device"),
    "look_light": ("浅色", "Light"),
    "look_dark": ("深色", "Dark"),
    "shortcuts": ("键盘快捷键", "Keyboard shortcuts"),
    "key_search": ("搜索", "Search"),
    "key_next": ("下一行", "Next line"),
    "key_back": ("上一行", "Line before"),
    "key_open": ("打开所在行", "Open the line"),
    "key_moves": ("可办步骤", "Open moves"),
    "key_help": ("显示本说明", "Show this"),
    "keys_off": ("停用单键快捷键", "Switch single-key shortcuts off"),
    "close": ("关闭", "Close"),
    "unsaved": ("有未提交的内容。", "What you typed is not sent yet."),
    "required": ("必填", "required"),
    "optional": ("选填", "optional"),
    "for_example": ("例如：{}", "For example: {}"),
    "faults_head": ("请更正以下内容", "Please put these right"),
    "choose": ("请选择", "Choose"),
    "yes": ("是", "Yes"),
    "no": ("否", "No"),
    "not_found": ("没有这一页", "Nothing is here"),
    "not_found_says": ("没有此编号或页面，或者您无权查看。", "There is no such number or page, or it is not yours to see."),
    "not_found_do": ("请核对编号，或从“今日”重新开始。", "Check the number, or start again from Today."),
    "trouble": ("暂时无法办理", "This did not work"),
    "trouble_says": ("系统出错，所填内容未办理。请稍候再试；仍不行的，请告知系统管理员。",
                     "Something failed, and nothing was done. Try again in a moment; if it goes on, tell the operator."),
    "form_over": ("表单已失效，请返回并刷新页面。", "This form is no longer valid; go back and load the page again."),
    "to_today": ("返回今日", "Back to today"),
    "more": ("更多", "More"),
    "nothing": ("无", "None"),
}  # fmt: skip

TEXTS: Mapping[str, Mapping[str, str]] = {
    lang: {name: both[place] for name, both in BOTH.items()} for place, lang in enumerate(("zh", "en"))
}
