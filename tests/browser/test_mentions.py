"""A note hands a conversation over: the colleague is mentioned and follows it."""

from playwright.sync_api import expect

from teams.models import Team


def test_a_colleague_is_found_with_the_keyboard_and_mentioned(
    acme, at_desk, new_conversation, agents_away
):
    Team.objects.create(workspace=acme.workspace, name="Sales").team_members.create(
        workspace=acme.workspace, membership=acme.bob
    )
    acme.bea.user.name = "Béa Nowak"
    acme.bea.user.save()
    conversation = new_conversation("Do you ship to Norway?", assignee=acme.bob)
    bob, bea = at_desk(acme.bob, conversation), at_desk(acme.bea, conversation, view="all")
    page = bob.page
    page.keyboard.press("n")
    note = page.get_by_role("textbox", name="Private note")
    options = page.get_by_role("listbox", name="Members and teams").get_by_role("option")
    note.press_sequentially("Can you take it, @")
    expect(options.locator("b")).to_have_text(["Alice", "Béa Nowak", "Sales"])
    note.press_sequentially("no")
    expect(options).to_have_count(1)
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(options).to_have_count(0)
    expect(note).to_be_focused()
    note.press_sequentially("w")
    page.keyboard.press("Enter")
    expect(note).to_have_value("Can you take it, @Béa Nowak ")
    note.press_sequentially("or @sal")
    options.filter(has_text="Sales").click()
    note.press_sequentially("?")
    page.keyboard.press("Enter")
    bob.sees("Can you take it, @Béa Nowak or @Sales ?")
    bea.sees("Can you take it, @Béa Nowak or @Sales ?")
    background = "element => getComputedStyle(element).backgroundColor"
    mentions = [desk.page.locator(".mention", has_text="@Béa Nowak") for desk in (bob, bea)]
    assert len({mention.evaluate(background) for mention in mentions}) == 2
    followers = bea.page.get_by_role("region", name="Followers")
    expect(followers.get_by_role("listitem")).to_have_text(["BNBéa Nowak"])
    followers.get_by_role("button", name="Unfollow").click()
    expect(followers).to_contain_text("No one follows this conversation.")
    expect(followers.get_by_role("button", name="Follow", exact=True)).to_be_visible()
