"""Where forms are sent that were signed by the API: a file comes in without a login, once, by its token."""

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from ideation.base.errors import UserError, user_error
from ideation.base.problems import PROBLEM_TYPE, problem_body
from ideation.reviews.services.uploadforms import FormFile, form_drop, form_finish, form_named, form_open
from ideation.reviews.tus import patient

FIELD = "token"


class ToItsPlace(FileUploadHandler):
    """Writes the form's file where it belongs, once the token, which stands before it, has opened the way."""

    parser: MultiPartParser
    taken: FormFile | None = None
    whole = False

    @property
    def token(self) -> str:
        """As it stood among the fields so far, to which the parser has no public way."""
        fields = getattr(getattr(self, "parser", None), "_post", {})
        return str(fields.get(FIELD, ""))

    def new_file(self, *args: object, **kwargs: object) -> None:
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]
        if self.taken is not None:
            raise UserError("form_without_file")
        self.taken = form_open(token=self.token, file_name=self.file_name or "")
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        assert self.taken is not None
        self.taken.write(raw_data)

    def file_complete(self, file_size: int) -> None:
        self.whole = True


@csrf_exempt
@require_POST
def form_upload(request: HttpRequest) -> HttpResponse:
    """Takes a signed form's file, and says which import it became."""
    handler = ToItsPlace(request)
    patient(request)
    try:
        made = form_finish(form=_taken(request, handler))
    except Exception as error:
        if handler.taken is not None:
            form_drop(form=handler.taken)
        said = user_error(error)
        if said is None:
            raise
        body = problem_body(said.status, said.code, str(said))
        return JsonResponse(body, status=said.status, content_type=PROBLEM_TYPE)
    shown = {"dataset_import": str(made.pk), "file_name": made.file_name, "file_bytes": made.file_bytes}
    return JsonResponse(shown, status=201)


def _taken(request: HttpRequest, handler: ToItsPlace) -> FormFile:
    try:
        handler.parser = MultiPartParser(request.META, request, [handler], request.encoding)
        handler.parser.parse()
    except (MultiPartParserError, SuspiciousOperation, OSError):
        handler.whole = False
    if handler.taken is None:
        # Without a token nobody is told more.
        form_named(handler.token)
    if handler.taken is None or not handler.whole:
        raise UserError("form_without_file")
    return handler.taken
