"""From a file to its report: columns corrected and seen at once, rejected rows mended and uploaded again."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from ideation.catalog.models import Project
from tests.browser.conftest import Visit
from tests.conftest import Person
from tests.workers import worker

pytestmark = pytest.mark.django_db(transaction=True)

CSV = (
    "宝贝标题,买家昵称,评价等级,初次评价,评价时间,备注\n"
    "保温杯,小红,8,盖子漏水了,03/04/2025,甲\n"
    "保温杯,小明,10,系统默认好评,05/04/2025,乙\n"
    "保温杯,小刚,还行,保温效果很好,06/04/2025,丙\n"
)


def test_a_file_is_corrected_imported_and_mended(visit: Visit, alice: Person, project: Project, tmp_path: Path) -> None:
    file = tmp_path / "淘宝.csv"
    file.write_bytes(CSV.encode("gb18030"))
    visit.enter(alice)
    page = visit.open(f"/b/{alice.brand.slug}/p/{project.pk}/upload/")
    page.get_by_label("Choose a file or drop it here").set_input_files(file)
    page.get_by_role("button", name="Look at the file").click()

    rows = page.locator("#first-rows")
    expect(rows).to_contain_text("1 can be used, 1 can't, 1 left out", timeout=30_000)
    expect(rows).to_contain_text("This is no rating on the file's scale.")
    expect(rows).not_to_contain_text("小红")
    expect(page.locator("#date-example")).to_have_text("03/04/2025 → March 4, 2025")
    expect(page.locator("#rating-example")).to_have_text("8 → 4.11 of 5")

    page.get_by_label("Form of dates").focus()
    page.get_by_label("Form of dates").select_option("dmy")
    expect(page.locator("#date-example")).to_have_text("03/04/2025 → April 3, 2025", timeout=30_000)
    expect(page.get_by_label("Form of dates")).to_be_focused()
    page.get_by_label("Encoding").select_option("cp1252")
    expect(rows).not_to_contain_text("盖子漏水了", timeout=30_000)
    page.get_by_label("Encoding").select_option("gb18030")
    expect(rows).to_contain_text("盖子漏水了", timeout=30_000)
    page.get_by_label("Form of dates").select_option("dmy")
    expect(page.locator("#date-example")).to_contain_text("April 3, 2025", timeout=30_000)
    page.get_by_role("checkbox", name="备注").check()
    expect(rows).to_contain_text("备注: 甲", timeout=30_000)

    page.get_by_label("Where the file comes from").fill("Tmall shop")
    page.get_by_role("button", name="Only import").click()
    with worker():
        page.get_by_role("link", name="See what came out").click(timeout=90_000)
        expect(page.get_by_role("heading", name="Rejected rows")).to_be_visible()
        with page.expect_download() as downloading:
            page.get_by_role("link", name="Download to mend").click()
        mended = tmp_path / downloading.value.suggested_filename
        text = Path(downloading.value.path()).read_text(encoding="utf-8-sig")
        mended.write_text(text.replace("还行", "9"), encoding="utf-8")
        page.get_by_label("File", exact=True).set_input_files(mended)
        page.get_by_role("button", name="Upload the mended rows").click()
        expect(page.get_by_text("Read as last time, by what was confirmed for “Tmall shop”.")).to_be_visible()
        expect(page.locator("#date-example")).to_have_text("06/04/2025 → April 6, 2025", timeout=30_000)
        page.get_by_role("button", name="Only import").click()
        page.get_by_role("link", name="See what came out").click(timeout=90_000)
        expect(page.get_by_text("Every row could be used.")).to_be_visible()
