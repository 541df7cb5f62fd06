use serde_json::{Map, Number, Value, json};

use super::Location;
use crate::{
    Error, Result,
    config::Config,
    entity::{
        job::{self, Employment, SalaryPeriod, Workplace},
        organization,
    },
};

/// The page of a posting in this community's front end.
pub fn page(config: &Config, row: &job::Model) -> String {
    format!("{}/jobs/{}", config.front_url(), row.slug)
}

/// A posting as schema.org's JobPosting. The text can stand in a page as it is: no `<` is left in it.
pub fn json_ld(
    config: &Config,
    row: &job::Model,
    organization: &organization::Model,
    logo: Option<String>,
) -> Result<String> {
    let places: Vec<Location> = serde_json::from_str(&row.locations).map_err(Error::internal)?;
    let from: Vec<String> = serde_json::from_str(&row.remote_from).map_err(Error::internal)?;
    let benefits: Vec<String> = serde_json::from_str(&row.benefits).map_err(Error::internal)?;
    let parts = [&row.responsibilities_html, &row.requirements_html];
    let parts = parts.into_iter().flatten().map(String::as_str);
    let description: Vec<&str> =
        std::iter::once(row.description_html.as_str()).chain(parts).collect();
    let mut posting = json!({
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": row.title,
        "description": description.join("\n"),
        "identifier": { "@type": "PropertyValue", "name": organization.name, "value": row.slug },
        "url": page(config, row),
        "hiringOrganization": hiring(config, organization, logo),
        "directApply": row.apply_url.is_none() && row.apply_email.is_none(),
        "totalJobOpenings": row.openings,
    });
    let mut set = |name: &str, value: Option<Value>| {
        if let (Some(value), Some(fields)) = (value, posting.as_object_mut()) {
            fields.insert(name.to_owned(), value);
        }
    };
    set("datePosted", row.published_at.map(|at| json!(at.date_naive())));
    set("validThrough", row.closes_at.map(|at| json!(at.to_rfc3339())));
    set("jobStartDate", row.starts_on.map(|day| json!(day)));
    set("jobBenefits", some(benefits).map(|lines| json!(lines.join("\n"))));
    let kinds: Vec<_> = Employment::of(row.employment).into_iter().map(employment).collect();
    set("employmentType", some(kinds).map(|kinds| json!(kinds)));
    set("baseSalary", salary(row));
    if row.workplace == Workplace::Remote {
        set("jobLocationType", Some(json!("TELECOMMUTE")));
        let here = || places.iter().filter_map(|place| place.country.clone()).collect();
        let countries = some(from).unwrap_or_else(here);
        let country = |code: String| json!({ "@type": "Country", "name": code });
        let countries: Vec<_> = countries.into_iter().map(country).collect();
        set("applicantLocationRequirements", some(countries).map(Value::Array));
    }
    let places: Vec<_> = places.iter().map(place).collect();
    set("jobLocation", some(places).map(Value::Array));
    Ok(posting.to_string().replace('<', "\\u003c"))
}

fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

fn hiring(config: &Config, organization: &organization::Model, logo: Option<String>) -> Value {
    let here = || format!("{}/organizations/{}", config.front_url(), organization.slug);
    let mut fields = Map::new();
    fields.insert("@type".to_owned(), json!("Organization"));
    fields.insert("name".to_owned(), json!(organization.name));
    let site = organization.website.clone().unwrap_or_else(here);
    fields.insert("sameAs".to_owned(), json!(site));
    fields.extend(logo.map(|logo| ("logo".to_owned(), json!(logo))));
    Value::Object(fields)
}

fn place(place: &Location) -> Value {
    let town = place.city.as_ref().unwrap_or(&place.label);
    let mut address = json!({ "@type": "PostalAddress", "addressLocality": town });
    if let Some(fields) = address.as_object_mut() {
        let region = place.region.as_ref().map(|region| ("addressRegion", region));
        let country = place.country.as_ref().map(|country| ("addressCountry", country));
        let known = region.into_iter().chain(country);
        fields.extend(known.map(|(name, value)| (name.to_owned(), json!(value))));
    }
    json!({ "@type": "Place", "address": address })
}

fn employment(kind: Employment) -> &'static str {
    match kind {
        Employment::FullTime => "FULL_TIME",
        Employment::PartTime => "PART_TIME",
        Employment::Contract => "CONTRACTOR",
        Employment::Temporary => "TEMPORARY",
        Employment::Internship => "INTERN",
        Employment::Volunteer => "VOLUNTEER",
        Employment::Apprenticeship | Employment::CoFounder => "OTHER",
    }
}

/// What is paid for a whole project has no unit there.
fn salary(row: &job::Model) -> Option<Value> {
    let unit = match row.salary_period? {
        SalaryPeriod::Hour => "HOUR",
        SalaryPeriod::Day => "DAY",
        SalaryPeriod::Week => "WEEK",
        SalaryPeriod::Month => "MONTH",
        SalaryPeriod::Year => "YEAR",
        SalaryPeriod::Project => return None,
    };
    let mut value = json!({ "@type": "QuantitativeValue", "unitText": unit });
    let ends = [("minValue", row.salary_min), ("maxValue", row.salary_max)];
    let ends = ends.into_iter().filter_map(|(name, end)| Some((name, end?)));
    let ends: Vec<_> = if row.salary_min == row.salary_max {
        ends.take(1).map(|(_, end)| ("value", end)).collect()
    } else {
        ends.collect()
    };
    for (name, end) in ends {
        value.as_object_mut()?.insert(name.to_owned(), Value::Number(number(end)?));
    }
    let currency = row.salary_currency.as_ref()?;
    Some(json!({ "@type": "MonetaryAmount", "currency": currency, "value": value }))
}

fn number(hundredths: i64) -> Option<Number> {
    let (whole, part) = (hundredths / 100, hundredths % 100);
    if part == 0 { Some(whole.into()) } else { format!("{whole}.{part:02}").parse().ok() }
}
