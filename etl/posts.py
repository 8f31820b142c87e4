"""How a post is written, such as 副局长 or 执法大队大队长, so that it can be told from a person's name."""

from __future__ import annotations

BODIES = "厅|局|委|办|处|科|股|室|队|所|站|组|中心|部门|街道|镇|乡|社区|单位|机关|党组|党委|支部|本级"
"""How the name of a body ends that a post may stand behind."""
RANKS = "党组|党委|党支部|支部|常务|分管|主管|主要|一级|二级|三级|四级|第一|执行|专职|兼职|代理|片区"
"""What may stand before a post."""
PLACES = "厅|局|委|办|处|科|股|室|大队|中队|支队|总队|分队|小队|队|所|站|组|班|镇|乡|区|县|市|州|部|署"
POSTS = (
    f"(?:副)?(?:(?:{PLACES})长|主任|书记|教导员|指导员|政委|政治委员|负责人|责任人|主任科员|调研员|主办|科员|干事|专员"
    "|督察员|联络员|法制员|执法员|队员|领导|干部|成员|委员)"
)
_ONE = f"(?:[\\x{{4E00}}-\\x{{9FFF}}A-Za-z0-9]{{0,30}}(?:{BODIES}))?(?:{RANKS})*{POSTS}"
PLAIN_POST = f"{_ONE}(?:[、，,;；/和兼及]{_ONE})*"
"""A cell that holds posts and nothing else, as DuckDB matches it whole: a name before or behind a post is none of it."""
