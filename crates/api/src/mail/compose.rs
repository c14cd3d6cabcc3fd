use domain::OutboxId;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};

use super::words::{FOOTER, Words};

/// Makes the message: plain text, and the same as a page for programs that show pages.
///
/// `id` is the outbox row's, so that a mail which was sent twice is seen to be one.
pub(super) fn compose(
    id: OutboxId,
    from: &Mailbox,
    to: Address,
    words: &Words,
    link: &str,
) -> Result<Message, lettre::error::Error> {
    let host = from.email.domain();
    let automatic = HeaderValue::new(
        HeaderName::new_from_ascii_str("Auto-Submitted"),
        "auto-generated".to_owned(),
    );
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(words.subject)
        .message_id(Some(format!("<{id}@{host}>")))
        .raw_header(automatic)
        .multipart(MultiPart::alternative_plain_html(
            text(words, link),
            page(words, link),
        ))
}

fn text(words: &Words, link: &str) -> String {
    let mut text = String::new();
    for paragraph in words.paragraphs {
        text.push_str(paragraph);
        text.push_str("\n\n");
    }
    text.push_str(&format!("{}:\n{link}\n\n-- \n{FOOTER}\n", words.link));
    text
}

/// A page that is read aloud well and needs no picture: one heading, one link, dark text on white.
fn page(words: &Words, link: &str) -> String {
    let paragraphs: String = words
        .paragraphs
        .iter()
        .map(|paragraph| format!("<p style=\"margin:0 0 16px\">{}</p>\n", escaped(paragraph)))
        .collect();
    let subject = escaped(words.subject);
    let label = escaped(words.link);
    let link = escaped(link);
    let footer = escaped(FOOTER);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{subject}</title>\n</head>\n\
         <body style=\"margin:0;background:#ffffff;color:#1c2321;\
         font:18px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif\">\n\
         <main style=\"max-width:560px;margin:0 auto;padding:32px 24px\">\n\
         <h1 style=\"margin:0 0 16px;font-size:24px;line-height:1.25\">{subject}</h1>\n\
         {paragraphs}\
         <p style=\"margin:24px 0\"><a href=\"{link}\" style=\"display:inline-block;padding:12px 20px;\
         background:#14524a;color:#ffffff;border-radius:8px;text-decoration:none\">{label}</a></p>\n\
         <p style=\"margin:32px 0 0;color:#4a5551;font-size:15px\">{footer}</p>\n\
         </main>\n</body>\n</html>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use domain::MemberId;

    use super::super::job::Mail;
    use super::super::words;
    use super::*;

    #[test]
    fn a_mail_says_the_same_in_both_its_parts_and_names_nobody() {
        let mail = Mail::AlertWaits(MemberId::from_bytes([7; 16]));
        let message = compose(
            OutboxId::from_bytes([1; 16]),
            &"Safehold <safehold@larkspur.example>".parse().unwrap(),
            "carys@larkspur.example".parse().unwrap(),
            &words::of(&mail),
            "https://safehold.larkspur.example/alerts",
        )
        .unwrap();
        let raw = String::from_utf8(message.formatted()).unwrap();

        assert!(
            raw.contains("Subject: Something is waiting for you\r\n"),
            "{raw}"
        );
        assert!(raw.contains("Auto-Submitted: auto-generated\r\n"), "{raw}");
        assert!(raw.contains(&format!(
            "<{}@larkspur.example>",
            OutboxId::from_bytes([1; 16])
        )));
        assert!(raw.contains("Content-Type: text/plain"), "{raw}");
        assert!(raw.contains("Content-Type: text/html"), "{raw}");
        let unfolded = raw.replace("=\r\n", "");
        assert_eq!(
            unfolded
                .matches("https://safehold.larkspur.example/alerts")
                .count(),
            2
        );
        assert!(!raw.contains("mem_"), "{raw}");
    }
}
