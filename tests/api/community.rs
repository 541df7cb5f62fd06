use guildhall::Actor::Guest;
use serde_json::json;

use crate::kit::TestApp;

#[tokio::test]
async fn a_guest_sees_the_server() {
    let app = TestApp::with(|config| config.name = "The Weavers".to_owned()).await;

    let run = app.run(&Guest, "{ server { name tagline registration } }").await.ok();

    assert_eq!(
        run.data,
        json!({ "server": { "name": "The Weavers", "tagline": null, "registration": "OPEN" } })
    );
    assert_eq!(run.sql, [""; 0], "nothing is read");
}
