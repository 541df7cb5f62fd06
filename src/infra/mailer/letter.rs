use chrono::{DateTime, Utc};
use lettre::{
    Address, Message,
    message::{
        Attachment, Mailbox, MultiPart, SinglePart,
        header::{ContentType, Header, HeaderName, HeaderValue},
    },
};

/// A mail, before it has the form of one.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Who it is from: `Guildhall <mail@example.org>`.
    pub from: String,
    /// The address it goes to.
    pub to_email: String,
    /// What they are called.
    pub to_name: Option<String>,
    /// Where answers go, if not to the sender.
    pub reply_to: Option<String>,
    /// The subject, one line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML.
    pub html: String,
    /// The Message-ID, without angle brackets.
    pub message_ref: String,
    /// The Message-IDs it answers, the oldest first, without angle brackets, parted by blanks.
    pub thread_refs: Option<String>,
    /// Where one POST ends mail of its kind (RFC 8058).
    pub unsubscribe: Option<String>,
    /// When it was written.
    pub date: DateTime<Utc>,
    /// Files that come with it.
    pub attached: Vec<Attached>,
}

/// A file that comes with a mail.
#[derive(Clone, Debug)]
pub struct Attached {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Letter {
    /// The mail (RFC 5322, MIME), or why there can be none.
    pub(super) fn message(&self) -> Result<Message, String> {
        self.check()?;
        let said = |error: &dyn std::fmt::Display| error.to_string();
        let from: Mailbox = self.from.parse().map_err(|e| said(&e))?;
        let to: Address = self.to_email.parse().map_err(|e| said(&e))?;
        let mut mail = Message::builder()
            .from(from)
            .to(Mailbox::new(self.to_name.clone(), to))
            .subject(self.subject.clone())
            .date(self.date.into())
            .message_id(Some(format!("<{}>", self.message_ref)));
        if let Some(reply_to) = &self.reply_to {
            mail = mail.reply_to(reply_to.parse().map_err(|e| said(&e))?);
        }
        if let Some(refs) = &self.thread_refs {
            let refs: Vec<String> = refs.split(' ').map(|one| format!("<{one}>")).collect();
            if let Some(last) = refs.last() {
                mail = mail.in_reply_to(last.clone());
            }
            mail = mail.references(refs.join(" "));
        }
        if let Some(url) = &self.unsubscribe {
            mail = mail.header(ListUnsubscribe(format!("<{url}>"))).header(ListUnsubscribePost);
        } else {
            mail = mail.header(AutoSubmitted);
        }
        let both = MultiPart::alternative()
            .singlepart(SinglePart::plain(self.text.clone()))
            .singlepart(SinglePart::html(self.html.clone()));
        if self.attached.is_empty() {
            return mail.multipart(both).map_err(|e| said(&e));
        }
        let mut all = MultiPart::mixed().multipart(both);
        for file in &self.attached {
            let kind = ContentType::parse(&file.media_type).map_err(|e| said(&e))?;
            let part = Attachment::new(file.name.clone()).body(file.bytes.clone(), kind);
            all = all.singlepart(part);
        }
        mail.multipart(all).map_err(|e| said(&e))
    }
}

impl Letter {
    /// Whatever comes into a header is one line: a break would let its writer add headers of their own.
    fn check(&self) -> Result<(), String> {
        let one = |what: &'static str, text: &str| {
            if text.chars().any(char::is_control) {
                return Err(format!("{what} holds a line break or another control character"));
            }
            Ok(())
        };
        one("the sender", &self.from)?;
        one("the address", &self.to_email)?;
        one("the name", self.to_name.as_deref().unwrap_or_default())?;
        one("the address for answers", self.reply_to.as_deref().unwrap_or_default())?;
        one("the subject", &self.subject)?;
        one("the Message-ID", &self.message_ref)?;
        one("the thread", self.thread_refs.as_deref().unwrap_or_default())?;
        one("the link to unsubscribe", self.unsubscribe.as_deref().unwrap_or_default())?;
        for file in &self.attached {
            one("the name of a file", &file.name)?;
            one("the type of a file", &file.media_type)?;
        }
        Ok(())
    }
}

#[derive(Clone)]
struct ListUnsubscribe(String);

impl Header for ListUnsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

#[derive(Clone)]
struct ListUnsubscribePost;

impl Header for ListUnsubscribePost {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe-Post")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "List-Unsubscribe=One-Click".to_owned())
    }
}

/// Says that no person sent it (RFC 3834), so that no machine answers.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
