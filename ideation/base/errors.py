"""Two families of errors: the user's, which carry a code and a sentence with the cure, and ours, which are logged.

Sentences are kept here as code → text, so that a stored code (a job's reason, a rejected row) reads in whatever
language the page is shown in later.
"""

import errno

from django.db import OperationalError
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.errors import SENTENCES as ACCOUNT_SENTENCES
from accounts.errors import AccountError
from mlcore.errors import SENTENCES as ML_SENTENCES

SENTENCES: dict[str, str | Promise] = {
    **ML_SENTENCES,
    **ACCOUNT_SENTENCES,
    "job_ended": _("This job has already ended, so it can't be cancelled."),
    "job_running": _("The same work is already running. Wait for it, or cancel it first."),
    "worker_lost": _("The worker stopped in the middle %(attempts)s times. Try again; if it stops again, the machine "
                     "may be short of memory."),
    "unexpected": _("Something went wrong on our side (%(reference)s). Nothing was half-written; try again."),
    "file_too_large": _("The file has %(megabytes)s MB; at most %(limit)s MB can be uploaded. Split it into parts."),
    "tus_version": _("Uploads here speak tus 1.0.0. Send the header Tus-Resumable: 1.0.0."),
    "tus_type": _("Send the bytes as Content-Type: application/offset+octet-stream."),
    "tus_length": _("Say the file's size in bytes in the header Upload-Length."),
    "tus_offset": _("Say in the header Upload-Offset how many bytes have come in so far; HEAD tells."),
    "tus_metadata": _("Upload-Metadata can't be read. It holds names, each with its value in Base64, between commas."),
    "upload_offset": _("%(offset)s bytes of this file are here. Go on from there."),
    "upload_busy": _("Another request is sending this file. Wait a moment and go on."),
    "upload_too_long": _("This is more than the size that was said at the start. Start again."),
    "upload_gone": _("This upload is over: it was finished, cancelled, or left alone for a day. Start again."),
    "upload_unfinished": _("%(received)s of %(size)s bytes are here. Send the rest first."),
    "form_unknown": _("This form has been used, has expired or was changed on its way. Ask for a new one."),
    "form_without_file": _("The form came without its file, or the file was cut off. Send it again, the fields before "
                           "the file."),
    "form_too_large": _("The file is larger than the %(limit)s bytes that this form takes."),
    "fetch_unreachable": _("%(host)s can't be reached from here. It must be public, speak https, answer within "
                           "seconds, and send on at most three times."),
    "fetch_refused": _("%(host)s refuses to hand the file over (status %(answered)s). Check the key that you gave, or "
                       "give one."),
    "fetch_status": _("%(host)s answers with status %(answered)s instead of a file. Check the address."),
    "fetch_too_large": _("The file has more than the %(limit)s MB that may come in. Split it, or make room."),
    "fetch_slow": _("%(host)s was still not done after %(minutes)s minutes, so it was stopped. Split the file."),
    "bucket_address": _("A bucket's address is its server, its name and perhaps a prefix, such as "
                        "https://s3.eu-west-1.amazonaws.com/company-exports/reviews/."),
    "bucket_unreadable": _("%(host)s answers with something that is no list of files. Is it an S3-compatible server?"),
    "bucket_too_many": _("There are more than %(most)s files below this prefix. Choose a narrower one."),
    "source_by_hand": _("This source's files are uploaded by hand. Give it an address first."),
    "source_name_taken": _("Another source of this dataset has this name. Choose another one."),
    "source_secret_half": _("A bucket's key has two parts, the access key and its secret. Enter both, or neither."),
    "text_empty": _("There is no text. Fill it in, or leave the row out."),
    "text_too_long": _("The text is longer than 20,000 characters. Is it really one review?"),
    "bad_rating": _("This is no rating on the file's scale."),
    "bad_date": _("This is no date in the form that the column's other dates have."),
    "bad_encoding": _("These bytes don't fit the file's encoding. Save the whole file as UTF-8."),
    "row_too_many_cells": _("The row has more cells than the header. Is a quote missing?"),
    "row_unreadable": _("The row can't be read. Is a quote missing?"),
    "cell_too_long": _("The row is longer than 4 MB. Is a quote missing?"),
    "quote_unclosed": _("A quote opens here that nothing closes. Close it, or double it if it means itself."),
    "row_has_nul": _("The row holds a zero byte, which no text has. Export it again, or take the byte out."),
    "json_invalid": _("This is no valid JSON. Mend its brackets, quotes or commas."),
    "json_not_object": _("This is no object with named values. Write one object a review."),
    "json_too_deep": _("This is nested too deep to be a review. Write one flat object a review."),
    "json_cut": _("The rest of the file can't be read from here on: a bracket or a quote is never closed."),
    "erasure_none": _("No review was found. Try the name exactly as the source wrote it, another spelling, or an id."),
    "erasure_many": _("More than %(most)s reviews are meant. Say it more narrowly, so that nobody else's are erased."),
    "erasure_done": _("This request has been confirmed already."),
    "erasure_waits": _("Work on these reviews is under way. Wait for it, or cancel it first, so that it can't bring "
                       "them back."),
    "export_expired": _("This archive is no longer there. Make a new one."),
    "sku_taken": _("There is a product with the SKU %(sku)s in this project already."),
    "sku_missing": _("There is no SKU. Each product needs one."),
    "sku_repeats": _("This SKU stands further up in the same file."),
    "name_missing": _("This product is new and has no name."),
    "bad_price": _("This is no price. Write a number, such as 49.90."),
    "bad_currency": _("This is no currency. Write its three letters, such as EUR."),
    "bad_yes_no": _("This is neither yes nor no."),
    "value_unfit": _("This value doesn't fit. See the field in the API documentation."),
    "cell_over_length": _("This is too long. Shorten it."),
    "aliases_many": _("These are more names than one product can have."),
    "attributes_many": _("These are more attributes than one product can have."),
    "image_too_large": _("The image is larger than %(limit)s MB. Save it smaller."),
    "image_unknown": _("This is no PNG, JPEG, WebP or GIF of at most %(side)s pixels a side. Save it as one of these."),
    "review_replaced": _("This review has been corrected meanwhile. Look at its newest form first."),
    "review_repeats": _("Another review of this dataset says exactly that. Erase one of both instead."),
    "reason_missing": _("Say why this is corrected: others will ask."),
    "nothing_changed": _("Nothing was changed."),
    "name_differs": _("This isn't the brand's name. Type it exactly as it stands above."),
    "brand_not_leaving": _("This brand isn't going to be deleted."),
    "file_gone": _("The uploaded file is no longer there. Upload it again."),
    "rejected_gone": _("The rejected rows are no longer kept as they were written. Mend them in your own file."),
    "import_started": _("This file's import has already been started."),
    "key_of_one_project": _("This key is bound to one project, so it can't make another. Use a key of the whole "
                            "brand."),
    "views_many": _("There are %(most)s saved views already. Delete one that nobody needs."),
    "view_name_taken": _("Another view of this project has this name. Choose another."),
    "no_reviews": _("There are no reviews in this project yet. Upload a file first."),
    "no_needs": _("There are no needs in this project yet. Analyse its reviews first."),
    "share_invalid": _("%(share)s is no share. Give a number from 0 to 1, such as 0.1 for ten percent."),
    "merge_needs_others": _("Choose at least one other need of the same analysis to merge."),
    "split_needs_part": _("Choose some of the need's sentences, but not all of them, for the new need."),
    "move_needs_sentences": _("Choose at least one sentence, and another need of the same analysis."),
    "need_words_missing": _("A need takes a statement and a name."),
    "need_words_long": _("Keep the statement within %(statement)s characters and the name within %(label)s."),
    "need_status_unknown": _("There is no status called %(given)s. Known: %(known)s."),
    "alert_kind_unknown": _("There is no kind of alert called %(kind)s. Known: %(known)s."),
    "watch_unseen": _("This person can't see the project. Make them a member of it first."),
    "watches_many": _("There are %(most)s of these already. End one that nobody needs."),
    "question_invalid": _("Ask a question of 1 to %(most)s characters."),
    "need_earlier": _("This need belongs to an earlier analysis, whose figures stay as they were. Open it in the "
                      "newest one."),
    "frame_columns": _("No column holds themes or needs. Call one of them “theme” or “need”, or 主题 or 需求."),
    "frame_row_empty": _("This row has neither a theme nor a need. Fill one in, or leave the row out."),
    "theme_gap": _("This theme has none above it. Fill in the levels from the top down."),
    "need_repeats": _("This need stands further up in the same file. Leave one of them out."),
    "bad_about": _("This is neither product nor service. Write one of them, or nothing."),
    "table_gone": _("What was read of the file is no longer there. Upload it again."),
    "survey_columns": _("A survey takes a column “need” and at least one of “importance” and “satisfaction”."),
    "survey_need_unknown": _("No need is called this. Copy its statement, its short name or its id from the list."),
    "survey_need_like": _("No need is called this. Is “%(like)s” meant? Then write that."),
    "survey_need_ambiguous": _("Several needs are called this. Write the statement or the id."),
    "survey_row_empty": _("This row has neither an importance nor a satisfaction. Fill one in, or leave the row out."),
    "sample_size": _("A sample has %(least)s to %(most)s sentences. Draw as many."),
    "sample_other_sentence": _("This sentence isn't one of the sample's. Go on with the next one."),
    "sample_coded": _("Two people have coded this sample already, and their answers can be seen. Draw a new one."),
    "bad_answers": _("This is no number of answers. Write a whole number from 1 on."),
    "bad_number": _("This is no number. Write one such as 4.2."),
    "bad_scale": _("This is no scale. Write its two ends, such as 1-5."),
    "off_scale": _("This lies outside the scale from %(lowest)s to %(highest)s. Check the scale, or the number."),
    "no_analysis": _("Find needs first: nothing has been analysed in this project yet."),
    "sentiment_shipped_used": _("The shipped sentiment is in use already."),
    "edit_undone": _("This step has been taken back already."),
    "edit_overlaid": _("A later step changed the same need. Take that one back first."),
    "theme_name_missing": _("A theme takes a name of at most %(most)s characters."),
    "theme_too_deep": _("Themes go %(levels)s levels deep. Put it higher up."),
    "theme_taken": _("There is a theme called %(name)s already in this place."),
    "theme_under_itself": _("A theme can't stand under itself."),
    "suspicion_unknown": _("There is no kind of suspicion called %(kind)s. Known: %(known)s."),
    "too_few_reviews": _("Only %(count)s reviews: at least %(minimum)s are needed to tune a model on them."),
}  # fmt: skip


def sentence(code: str, params: dict[str, object] | None = None) -> str:
    """The sentence of a code in the current language. An unknown code reads as itself."""
    template = SENTENCES.get(code)
    if template is None:
        return code
    return (gettext(template) if isinstance(template, str) else str(template)) % (params or {})


class UserError(AccountError):
    """What a person can mend, in the rooms: accounts' errors, said with all sentences."""

    sentences = SENTENCES

    def __str__(self) -> str:
        return sentence(self.code, self.params)


DISK_FULL_STATE = "53100"
"""Postgres's code for a full disk."""


def disk_full(error: Exception) -> bool:
    """Whether this error says, in the file system's words or in Postgres's, that the disk is full."""
    if isinstance(error, OperationalError):
        return getattr(error.__cause__, "sqlstate", None) == DISK_FULL_STATE
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def user_error(error: Exception) -> AccountError | None:
    """The error as the person should read it, None if it is ours alone."""
    if isinstance(error, AccountError):
        return error
    return UserError("disk_full", status=507) if disk_full(error) else None
