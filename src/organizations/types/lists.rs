use std::sync::Arc;

use async_graphql::Object;

use super::Organization;
use crate::{
    entity::organization_member::{self, Role},
    graph::{DateTime, PageInfo, connection},
    members::Profile,
    organizations::loaders::Belonging,
    page::{Page, Place},
};

connection!(
    /// A page of organizations.
    OrganizationConnection,
    /// One of the organizations on a page.
    OrganizationEdge of Organization,
);

/// A page of the organizations that you belong to.
#[derive(Debug)]
pub struct OwnOrganizationConnection(pub Page<(organization_member::Model, Organization)>);

/// A page of the organizations that you belong to.
#[Object]
impl OwnOrganizationConnection {
    /// The organizations on the page, each with its cursor.
    async fn edges(&self) -> Vec<OwnOrganizationEdge<'_>> {
        let edge = |(place, (standing, node))| OwnOrganizationEdge { place, standing, node };
        self.0
            .items
            .iter()
            .map(|(place, (standing, node))| edge((place, (standing, node))))
            .collect()
    }

    /// The organizations on the page.
    async fn nodes(&self) -> Vec<&Organization> {
        self.0.items.iter().map(|(_, (_, node))| node).collect()
    }

    /// Where the page lies.
    async fn page_info(&self) -> PageInfo {
        (&self.0).into()
    }
}

/// One of the organizations that you belong to.
#[derive(Debug)]
pub struct OwnOrganizationEdge<'a> {
    place: &'a Place,
    standing: &'a organization_member::Model,
    node: &'a Organization,
}

/// One of the organizations that you belong to.
#[Object]
impl OwnOrganizationEdge<'_> {
    /// Its place, for `after`.
    async fn cursor(&self) -> String {
        self.place.encode()
    }

    /// The organization.
    async fn node(&self) -> &Organization {
        self.node
    }

    /// What you are there.
    async fn role(&self) -> Role {
        self.standing.role
    }

    /// Since when you belong to it.
    async fn since(&self) -> DateTime {
        self.standing.since.into()
    }
}

/// A page of those who belong to an organization.
#[derive(Debug)]
pub struct OrganizationMemberConnection(pub Arc<Page<Belonging>>);

/// A page of those who belong to an organization.
#[Object]
impl OrganizationMemberConnection {
    /// The members on the page, each with their cursor.
    async fn edges(&self) -> Vec<OrganizationMemberEdge<'_>> {
        self.0
            .items
            .iter()
            .map(|(place, belonging)| OrganizationMemberEdge { place, belonging })
            .collect()
    }

    /// The members on the page.
    async fn nodes(&self) -> Vec<Profile> {
        self.0.items.iter().map(|(_, (_, face))| Profile::face(face.clone())).collect()
    }

    /// Where the page lies.
    async fn page_info(&self) -> PageInfo {
        self.0.as_ref().into()
    }
}

/// One of those who belong to an organization.
#[derive(Debug)]
pub struct OrganizationMemberEdge<'a> {
    place: &'a Place,
    belonging: &'a Belonging,
}

/// One of those who belong to an organization.
#[Object]
impl OrganizationMemberEdge<'_> {
    /// Their place, for `after`.
    async fn cursor(&self) -> String {
        self.place.encode()
    }

    /// Who it is.
    async fn node(&self) -> Profile {
        Profile::face(self.belonging.1.clone())
    }

    /// What they are there.
    async fn role(&self) -> Role {
        self.belonging.0.role
    }

    /// Since when they belong to it.
    async fn since(&self) -> DateTime {
        self.belonging.0.since.into()
    }
}
