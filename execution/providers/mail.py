"""One e-mail through Django's backend (EMAIL_URL)."""

import hashlib
import smtplib

from django.core.mail import EmailMessage

from jobs.errors import JobError, Permanent, Transient


def send_mail(recipient: str, subject: str, body: str, key: str) -> None:
    """Raises Transient, Permanent. The Message-ID is made of the key, so that a copy can be known as one."""
    identity = f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@millrace>"
    message = EmailMessage(subject, body, to=[recipient], headers={"Message-ID": identity})
    try:
        message.send()
    except smtplib.SMTPException as error:
        raise _told(error) from None
    except OSError as error:
        raise Transient(f"the mail server cannot be reached: {type(error).__name__}") from None


def _told(error: smtplib.SMTPException) -> JobError:
    """SMTP's codes: 4yz may go better later, 5yz will not (RFC 5321, 4.2.1)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max(code for code, _ in error.recipients.values())
        what = "the mail server refuses the recipient"
    elif isinstance(error, smtplib.SMTPResponseException):
        code, what = error.smtp_code, "the mail server refuses"
    else:
        return Transient(f"the mail server broke off: {type(error).__name__}")
    kind = Permanent if 500 <= code < 600 else Transient
    return kind(f"{what} ({code})")
