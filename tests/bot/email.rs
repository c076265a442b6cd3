//! `/papers email`.

use std::sync::Arc;

use paperwire::signup::SignUp;

use super::Desk;
use crate::store::on_both;
use crate::web::Letterbox;

on_both! {
    async fn email_leads_to_the_form_or_sends_the_letter_that_asks(db: Database) {
        let mut desk = Desk::new(db);
        assert!(desk.person("ada").asks("email").await.text().contains("web.public_url"));
        let letters = Arc::new(Letterbox::default());
        let public = "https://papers.example.org".parse().unwrap();
        let sign_up = SignUp::open(desk.db.store.clone(), desk.clock.clone(), letters.clone(), public).await.unwrap();
        desk.bot = desk.bot.clone().mailing(Some(Arc::new(sign_up)));
        let ada = desk.person("ada").without_rights();
        let form = ada.asks("email weekly").await;
        assert!(format!("{form:?}").contains("https://papers.example.org/subscribe?every=weekly"), "{form:?}");
        let sent = ada.asks("email ada@example.org daily").await.text();
        assert!(sent.contains("a…@example.org") && !sent.contains("ada@"), "{sent}");
        assert_eq!(letters.take().len(), 1);
        let wrong = ada.asks("email ada@nowhere").await.text();
        assert!(wrong.contains("write it as name@example.org"), "{wrong}");
        for n in 2..=5 {
            ada.asks(&format!("email ada{n}@example.org")).await;
        }
        let refused = ada.asks("email ada6@example.org").await.text();
        assert!(refused.contains("12 minutes"), "{refused}");
        assert_eq!(letters.take().len(), 4);
    }
}
