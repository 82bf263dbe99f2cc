//! The proxy before a database: it shares few connections among many clients, and keeps them when the
//! writer fails over (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy.html>).
use super::Database;
use super::grant::DatabaseUser;
use super::spec::DatabaseSpec;
use crate::compute::roles::attach_edges;
use crate::compute::task::resolve::seconds;
use crate::connect::iam::{self, PolicyPlace, Role};
use crate::connect::{Declared, Edge, Grant, NoNarrowing, PortRule, Protocol};
use crate::data::MODULE;
use crate::data::secret::{SecretSpec, SecretVerbs};
use crate::kind::{Kind, Resolving, Target, Thing};
use crate::names::fit;
use crate::network::logs::{LogGroup, log_group};
use crate::network::{Tier, front_group};
use crate::platform::Platform;
use crate::reference::Reference;
use platgen_source::diagnostics::{Diagnostic, SpecPath, code};
use platgen_source::{Count, Duration, Name, Percent, Read};
use platgen_terraform::{Address, Document, Expr, Handle, IndexKey, ResourceBuilder, Value, block};
use std::collections::BTreeMap;

/// The key of the spec, and the word in the names of everything that belongs to the proxy.
pub(super) const WORD: &str = "proxy";

/// The longest name of a proxy and of its endpoints
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBProxy.html>).
const LONGEST_NAME: usize = 63;

/// The share of the connections that stay open while nobody needs them, in per cent: what RDS keeps
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ConnectionPoolConfiguration.html>).
const IDLE_CONNECTIONS: i64 = 50;

/// RDS Proxy before a database: `true`, or more. All who connect to the database go through it.
#[derive(Debug, Read)]
#[spec(short = "enabled")]
pub struct ProxySpec {
    /// Whether there is one. By default there is.
    pub enabled: Option<bool>,
    /// How long a client may be silent, at most 8 hours. By default 30 minutes.
    pub idle_timeout: Option<Duration>,
    /// The share of the database's connections that it may take, in per cent. By default 90, so that
    /// an administrator still gets in beside it.
    pub max_connections: Option<Percent>,
    /// How long a client waits for a connection, at most 5 minutes. By default 2 minutes.
    pub borrow_timeout: Option<Duration>,
    /// The users that log in with a token of IAM, as `connect = { user = "web" }` says, and the secret
    /// with which the proxy goes on as each: JSON with the keys `username` and `password`. Everybody
    /// else logs in as the administrator, with the secret that RDS keeps.
    pub users: BTreeMap<DatabaseUser, Reference<SecretSpec>>,
}

/// A proxy with every detail decided.
#[derive(Debug)]
pub(super) struct Proxy {
    idle_seconds: i64,
    max_connections: i64,
    borrow_seconds: i64,
    require_tls: bool,
    /// The secrets of users that log in with a token of IAM.
    users: BTreeMap<DatabaseUser, Name>,
}

impl ProxySpec {
    /// Decides what the spec leaves open; nothing where the proxy is switched off.
    pub(super) fn resolve(
        &self,
        database: &DatabaseSpec,
        path: &SpecPath,
        resolving: &mut Resolving<'_>,
    ) -> Option<Proxy> {
        let mut length = |key: &str, said: Option<Duration>, most: i64, default: i64| {
            seconds(said, 1..=most, &path.key(key), resolving).unwrap_or(default)
        };
        // The ranges: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBProxy.html,
        // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ConnectionPoolConfiguration.html
        let idle_seconds = length("idle_timeout", self.idle_timeout, 28_800, 1_800);
        let borrow_seconds = length("borrow_timeout", self.borrow_timeout, 300, 120);
        self.check_users(database, &path.key("users"), resolving);
        let users = self.users.iter().map(|(user, secret)| (user.clone(), secret.name().clone()));
        self.enabled.unwrap_or(true).then(|| Proxy {
            idle_seconds,
            borrow_seconds,
            max_connections: self.max_connections.map_or(90, Count::get),
            require_tls: database.require_tls.unwrap_or(true),
            users: users.collect(),
        })
    }

    /// The proxy finds the secret of a user by the user name inside, so each has one of its own
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy-secrets-arns.html>).
    fn check_users(&self, database: &DatabaseSpec, path: &SpecPath, resolving: &mut Resolving<'_>) {
        let administrator = database.engine.administrator();
        let mut earlier: BTreeMap<&Name, &DatabaseUser> = BTreeMap::new();
        for (user, secret) in &self.users {
            let path = path.key(user.as_str());
            if user.as_str() == administrator {
                let message = format!("`{user}` is the administrator, whose secret RDS keeps");
                resolving.find(&code::CONFLICT, &path, message);
            }
            if let Some(other) = earlier.insert(secret.name(), user) {
                let message = format!("`{other}` has this secret already; one holds one user name");
                resolving.find(&code::CONFLICT, &path, message);
            }
        }
    }
}

impl Database {
    /// The proxy.
    fn proxy_handle(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_db_proxy", &self.id.local(&[])))
    }

    /// The endpoint of the proxy that leads to readers.
    fn proxy_reader(&self) -> Handle {
        let name = self.id.local(&["reader"]);
        Handle::new(MODULE, Address::managed("aws_db_proxy_endpoint", &name))
    }

    /// Whether the proxy has readers to lead to: it does not fall back to the writer, as the endpoint
    /// of the cluster does
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy-endpoints.html>).
    fn has_readers(&self) -> bool {
        self.readers > 0 || self.scale.is_some()
    }

    /// Where clients write.
    pub(super) fn host(&self) -> Value {
        match self.proxy {
            Some(_) => self.proxy_handle().get("endpoint"),
            None => self.cluster().get("endpoint"),
        }
    }

    /// Where clients read.
    pub(super) fn reader_host(&self) -> Value {
        match self.proxy {
            Some(_) if self.has_readers() => self.proxy_reader().get("endpoint"),
            Some(_) => self.host(),
            None => self.cluster().get("reader_endpoint"),
        }
    }

    /// The port that clients connect to. A proxy listens at the engine's usual one, whatever that of
    /// the database is
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy.html#rds-proxy.limitations>).
    pub(super) fn client_port(&self) -> u16 {
        if self.proxy.is_some() { self.engine.port() } else { self.port }
    }

    /// What clients log in to, as IAM names it: `cluster-…`, or `prx-…` at the end of a proxy's ARN
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy-connecting.html>).
    pub(super) fn login_id(&self) -> Value {
        match self.proxy {
            Some(_) => {
                let arn = self.proxy_handle().get("arn");
                let parts = Expr::Call("split", vec![Value::from(":"), arn]);
                Value::Expr(Expr::Index(Box::new(parts), IndexKey::Position(6)))
            }
            None => self.cluster().get("cluster_resource_id"),
        }
    }

    /// The ways of the proxy: to the port of the database, and to the secrets that it logs in with.
    pub(super) fn proxy_edges(&self, platform: &Platform) -> Vec<Grant> {
        let Some(proxy) = &self.proxy else { return Vec::new() };
        let path = self.id.path().key(WORD);
        let itself = Some(self.id.clone());
        let mut own = Grant::new(&self.id, itself, path.clone(), Declared::Implied);
        let protocol = Protocol::Tcp;
        own.ports.push(PortRule { name: "sql".to_owned(), port: self.port, protocol });
        let region = &platform.head.region;
        own.give(self.id.kind, WORD, region, |kind| self.resources(kind));
        let of_user = |(user, secret): (&DatabaseUser, &Name)| {
            let secret = platform.things.secret.get(secret)?;
            let cause = path.key("users").key(user.as_str());
            let edge = Edge::implied(self, secret, platform, cause);
            let verbs = SecretVerbs { read: Some(NoNarrowing {}), ..SecretVerbs::default() };
            let mut grant = secret.grant(&verbs, &edge);
            // RDS reads it, by a way of its own, and has no environment.
            grant.reach.clear();
            grant.variables.clear();
            Some(grant)
        };
        let mut grants = vec![own];
        grants.extend(proxy.users.iter().filter_map(of_user));
        grants
    }

    /// Finds users that would log in with a token, and that the proxy has no secret of.
    pub(super) fn check_proxy_users(&self, platform: &Platform) -> Vec<Diagnostic> {
        let Some(proxy) = &self.proxy else { return Vec::new() };
        let mut findings = Vec::new();
        for thing in platform.things.all() {
            let targets = thing.uses().into_iter().flat_map(|uses| &uses.database);
            for (_, verbs) in targets.filter(|(name, _)| name.0 == self.id.name) {
                let user = verbs.connect.as_ref().and_then(|connect| connect.user.as_ref());
                if let Some(user) = user.filter(|user| !proxy.users.contains_key(*user)) {
                    findings.push(self.unknown_user(thing, user));
                }
            }
        }
        findings
    }

    fn unknown_user(&self, consumer: &dyn Thing, user: &DatabaseUser) -> Diagnostic {
        let (kind, name) = (DatabaseSpec::KIND, self.id.name.as_str());
        let cause = consumer.id().path().key("uses").key(kind).key(name);
        let message = format!("the proxy of `{}` has no secret of the user `{user}`", self.id);
        let help = format!(
            "name the secret with its username and password: [{}] proxy.users.{user} = \"secret.…\"",
            self.id
        );
        Diagnostic::at(&code::IMPOSSIBLE, &cause, message).help(help)
    }

    /// Puts the proxy, its role and its targets into a document.
    pub(super) fn lower_proxy(&self, platform: &Platform, out: &mut Document) {
        let Some(proxy) = &self.proxy else { return };
        let aws_name = fit(&format!("{}-{WORD}", self.aws_name), LONGEST_NAME);
        let log_group = self.lower_proxy_logs(&aws_name, out);
        let (role, policies) = self.lower_proxy_role(platform, out);
        let arguments = block! {
            name: &aws_name,
            engine_family: self.engine.family(),
            role_arn: role.get("arn"),
            vpc_subnet_ids: platform.network.subnets(Tier::Private),
            vpc_security_group_ids: [front_group(&self.id, WORD).get("id")],
            require_tls: proxy.require_tls,
            idle_client_timeout: proxy.idle_seconds,
            debug_logging: false,
            auth: self.logins(proxy, platform),
        };
        let group_arguments = block! {
            db_proxy_name: self.proxy_handle().get("name"),
            connection_pool_config: block! {
                max_connections_percent: proxy.max_connections,
                max_idle_connections_percent: proxy.max_connections.min(IDLE_CONNECTIONS),
                connection_borrow_timeout: proxy.borrow_seconds,
            },
        };
        let local = self.id.local(&[]);
        let path = self.id.path().key(WORD);
        let mut put = |kind: &'static str, arguments, after: &[&Handle], before: &[&Handle]| {
            let mut file = out.module(MODULE).file(&self.id.file());
            let resource = file.resource(kind, &local, arguments).cause(&path);
            let resource = after.iter().copied().fold(resource, ResourceBuilder::depends_on);
            before.iter().copied().fold(resource, ResourceBuilder::ready_after).add()
        };
        let group = put("aws_db_proxy_default_target_group", group_arguments, &[], &[]);
        let target = block! {
            db_proxy_name: self.proxy_handle().get("name"),
            target_group_name: group.get("name"),
            db_cluster_identifier: self.cluster().get("id"),
        };
        let target = put("aws_db_proxy_target", target, &[&self.writer()], &[]);
        let after: Vec<&Handle> = policies.iter().chain([&log_group]).collect();
        put("aws_db_proxy", arguments, &after, &[&target]);
        self.lower_proxy_endpoints(&aws_name, &target, platform, out);
    }

    /// The proxy logs what goes wrong; RDS would make the group without an end to what it keeps
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy.troubleshooting.html>).
    fn lower_proxy_logs(&self, aws_name: &str, out: &mut Document) -> Handle {
        let group = LogGroup {
            module: MODULE,
            file: &self.id.file(),
            name: &self.id.part(&["log", WORD]),
            aws_name: format!("/aws/rds/proxy/{aws_name}"),
            retention: self.log_retention,
            cause: &self.id.path().key(WORD),
        };
        log_group(out, &group)
    }

    /// RDS does not document that it says for whom it takes the role on, so that the trust speaks of
    /// the service alone; only who may pass the role can give it to a proxy
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy-iam-setup.html>).
    fn lower_proxy_role(&self, platform: &Platform, out: &mut Document) -> (Handle, Vec<Handle>) {
        let (file, name) = (self.id.file(), self.id.part(&[WORD]));
        let cause = self.id.path().key(WORD);
        let role = Role {
            place: PolicyPlace { module: MODULE, file: &file, name: &name, cause: &cause },
            aws_name: platform.head.prefix.full(&["database", self.id.name.as_str(), WORD]),
            service: "rds.amazonaws.com",
            source: None,
        };
        let role = iam::role(out, &role);
        let policies = attach_edges(&role, &self.id, |grant| &grant.task, platform, out);
        (role, policies.into_iter().map(|(_, policy)| policy).collect())
    }

    /// How the proxy logs in: as the administrator for those who know the password, and as each user
    /// for those whom IAM lets be that user.
    fn logins(&self, proxy: &Proxy, platform: &Platform) -> Vec<Value> {
        let login = |iam: &str, secret: Value| {
            block! { auth_scheme: "SECRETS", iam_auth: iam, secret_arn: secret }
        };
        let secrets = proxy.users.values().filter_map(|name| platform.things.secret.get(name));
        let users = secrets.map(|secret| login("REQUIRED", secret.arn()));
        std::iter::once(login("DISABLED", self.secret_arn())).chain(users).collect()
    }

    /// The endpoint that leads to readers, and what the root tells.
    fn lower_proxy_endpoints(
        &self,
        aws_name: &str,
        target: &Handle,
        platform: &Platform,
        out: &mut Document,
    ) {
        let name = |what| self.id.part(&[what]);
        out.output(&name("proxy-host"), self.host(), "The endpoint of the proxy that writes");
        if !self.has_readers() {
            return;
        }
        let arguments = block! {
            db_proxy_name: self.proxy_handle().get("name"),
            db_proxy_endpoint_name: fit(&format!("{aws_name}-reader"), LONGEST_NAME),
            vpc_subnet_ids: platform.network.subnets(Tier::Private),
            vpc_security_group_ids: [front_group(&self.id, WORD).get("id")],
            target_role: "READ_ONLY",
        };
        let mut file = out.module(MODULE).file(&self.id.file());
        file.resource("aws_db_proxy_endpoint", &self.id.local(&["reader"]), arguments)
            .cause(&self.id.path().key(WORD))
            .ready_after(target)
            .add();
        let reader = "The endpoint of the proxy that reads";
        out.output(&name("proxy-reader-host"), self.reader_host(), reader);
    }
}
