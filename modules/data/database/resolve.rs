//! Decides what a spec leaves open of a database, and finds what is wrong beyond the types.
use super::engine::Release;
use super::load::{Capacity, Scale};
use super::proxy::{self, Proxy};
use super::spec::{Apply, CapacitySpec, DatabaseSpec, Insights, Monitoring, Storage};
use super::{Database, OUTPUTS, Parameter, SERVERLESS, metrics};
use crate::aws_name;
use crate::data::backup::{self, CopyMethod};
use crate::data::secret::LONGEST_ROTATION;
use crate::data::upkeep::days::{Days, days_within};
use crate::data::upkeep::windows::{Windows, WindowsSpec};
use crate::kind::{Kind, Outputs, Resolving, ThingId};
use crate::network::Retention;
use platgen_source::Count;
use platgen_source::diagnostics::{SpecPath, code};
use std::collections::BTreeMap;

/// The longest identifier of a cluster
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html>).
const LONGEST_NAME: usize = 63;
/// The shortest window, in minutes
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html>).
const SHORTEST_WINDOW: i64 = 30;
/// Days of backups below which production is warned of.
const FEW_DAYS: i64 = 7;

impl Kind for DatabaseSpec {
    const KIND: &'static str = "database";
    const OUTPUTS: Outputs = Outputs::Named(OUTPUTS);
    const METRICS: &'static [&'static str] = metrics::KEYS;
    type Thing = Database;

    fn resolve(&self, id: ThingId, resolving: &mut Resolving<'_>) -> Database {
        let path = id.path();
        let head = resolving.head;
        let release = self.resolve_release(&path, resolving);
        let readers = self.readers.map_or(head.by_profile(1, 0), Count::get);
        let instance = self.resolve_instance(&path, resolving);
        let logs = self.logs.as_ref();
        self.check_logs(&path, resolving);
        Database {
            aws_name: resolve_name(&id, resolving),
            schema: self.resolve_schema(&id, resolving),
            capacity: self.resolve_capacity(&release, &path, resolving),
            scale: self
                .scale
                .as_ref()
                .map(|scale| Scale::resolve(scale, readers, &path.key("scale"), resolving)),
            backup_days: self.resolve_backup_days(&path, resolving),
            windows: self.resolve_windows(&path, resolving),
            parameters: self.resolve_parameters(&path, resolving),
            insights: self.resolve_insights(&instance, &path, resolving),
            protected: self.resolve_protection(&path, resolving),
            proxy: self.resolve_proxy(&path, resolving),
            rotation_days: self.resolve_rotation(&path, resolving),
            copied: self.resolve_copied(&path, resolving),
            engine: self.engine,
            release,
            instance,
            readers,
            port: self.resolve_port(),
            logs: logs
                .and_then(|logs| logs.exports.clone())
                .unwrap_or_else(|| self.engine.default_logs()),
            log_retention: logs
                .and_then(|logs| logs.retention)
                .unwrap_or_else(|| Retention::default_of(head)),
            monitoring_seconds: self.monitoring.map_or(head.by_profile(60, 0), Monitoring::seconds),
            storage: self.storage.unwrap_or(Storage::Standard),
            minor_upgrades: self.minor_upgrades.unwrap_or(false),
            id,
        }
    }
}

/// The identifier at AWS.
fn resolve_name(id: &ThingId, resolving: &mut Resolving<'_>) -> String {
    let things = resolving.spec.database.iter();
    let said = things.map(|(name, spec)| (name, spec.aws_name.as_ref().map(ToString::to_string)));
    aws_name::resolve(id, LONGEST_NAME, said, resolving)
}

impl DatabaseSpec {
    fn resolve_release(&self, path: &SpecPath, resolving: &mut Resolving<'_>) -> Release {
        self.engine.release(self.version.as_ref()).unwrap_or_else(|reason| {
            resolving.find(&code::IMPOSSIBLE, &path.key("version"), reason);
            Release { version: String::new(), family: String::new(), pauses: true }
        })
    }

    fn resolve_schema(&self, id: &ThingId, resolving: &mut Resolving<'_>) -> String {
        let derived = || id.name.as_str().replace('-', "_");
        let schema = self.schema.as_ref().map_or_else(derived, ToString::to_string);
        let engine = self.engine.word();
        let taken = if self.engine.system_schemas().contains(&schema.to_lowercase().as_str()) {
            Some(format!("every {engine} cluster has a database `{schema}` already"))
        } else if self.engine.reserves(&schema) {
            Some(format!(
                "`{schema}` is a reserved word of {engine}, so no database can be called so"
            ))
        } else {
            None
        };
        if let Some(message) = taken {
            let help = "set `schema` to another name";
            resolving.find_with(&code::IMPOSSIBLE, &id.path().key("schema"), message, help);
        }
        schema
    }

    /// The port is within the range of a port by its type.
    fn resolve_port(&self) -> u16 {
        let chosen = self.port.and_then(|port| u16::try_from(port.get()).ok());
        chosen.unwrap_or(self.engine.port())
    }

    fn resolve_instance(&self, path: &SpecPath, resolving: &mut Resolving<'_>) -> String {
        let default = resolving.head.by_profile("db.r7g.large", "db.t4g.medium");
        let class = self.instance.as_ref().map_or(default, |class| class.as_str());
        if !self.engine.runs_on(class) {
            let message = format!("{} does not run on {class}", self.engine.word());
            let help = "Aurora has db.t3 and db.t4g from medium on, the memory-optimised classes \
                        (db.r7g.large), and db.serverless";
            resolving.find_with(&code::IMPOSSIBLE, &path.key("instance"), message, help);
        }
        class.to_owned()
    }

    fn resolve_capacity(
        &self,
        release: &Release,
        path: &SpecPath,
        resolving: &mut Resolving<'_>,
    ) -> Option<Capacity> {
        let serverless = self.instance.as_ref().is_some_and(|class| class.as_str() == SERVERLESS);
        let path = path.key("capacity");
        match &self.capacity {
            Some(_) if !serverless => {
                let message = "`capacity` is only for `instance = \"db.serverless\"`";
                resolving.find(&code::CONFLICT, &path, message);
                None
            }
            Some(capacity) => Some(Capacity::resolve(capacity, release, &path, resolving)),
            None if serverless => {
                let capacity = CapacitySpec { min: None, max: None, pause: None };
                Some(Capacity::resolve(&capacity, release, &path, resolving))
            }
            None => None,
        }
    }

    fn resolve_backup_days(&self, path: &SpecPath, resolving: &mut Resolving<'_>) -> i64 {
        let head = resolving.head;
        let chosen = self.backup.as_ref().and_then(|backup| backup.retention).map(Days::get);
        if let Some(days) = chosen.filter(|days| *days < FEW_DAYS && head.is_production()) {
            let path = path.key("backup").key("retention");
            let message = format!("backups are kept for {days} days only");
            resolving.find(&code::WEAKENED, &path, message);
        }
        chosen.unwrap_or(head.by_profile(35, 1))
    }

    fn resolve_windows(&self, path: &SpecPath, resolving: &mut Resolving<'_>) -> Windows {
        let spec = WindowsSpec {
            backup: self.backup.as_ref().and_then(|backup| backup.window.as_ref()),
            backup_path: path.key("backup").key("window"),
            maintenance: self.maintenance.as_ref(),
            maintenance_path: path.key("maintenance"),
            shortest: SHORTEST_WINDOW,
        };
        Windows::resolve(&spec, resolving)
    }

    /// The spec's own parameters lie over platgen's; TLS has a key of its own.
    fn resolve_parameters(
        &self,
        path: &SpecPath,
        resolving: &mut Resolving<'_>,
    ) -> BTreeMap<String, Parameter> {
        let require_tls = self.resolve_tls(path, resolving);
        let (tls, values) = self.engine.tls_parameter();
        let mut parameters: BTreeMap<String, Parameter> = self
            .engine
            .default_parameters()
            .into_iter()
            .map(|default| (default.name.to_owned(), Parameter::at_once(default.value)))
            .collect();
        for (name, spec) in &self.parameters {
            let name = name.as_str();
            if name == tls {
                let path = path.key("parameters").key(name);
                let help = "set `require_tls` instead";
                let message = format!("`{name}` follows from `require_tls`");
                resolving.find_with(&code::CONFLICT, &path, message, help);
            }
            let apply = spec.apply.unwrap_or(self.engine.apply_of(name));
            parameters.insert(name.to_owned(), Parameter { value: spec.value.to_string(), apply });
        }
        let value = values[usize::from(require_tls)];
        parameters.insert(tls.to_owned(), Parameter::at_once(value));
        parameters
    }

    fn resolve_tls(&self, path: &SpecPath, resolving: &mut Resolving<'_>) -> bool {
        if self.require_tls == Some(false) && resolving.head.is_production() {
            let message = "connections without TLS are accepted";
            resolving.find(&code::WEAKENED, &path.key("require_tls"), message);
        }
        self.require_tls.unwrap_or(true)
    }

    fn resolve_protection(&self, path: &SpecPath, resolving: &mut Resolving<'_>) -> bool {
        let production = resolving.head.is_production();
        if self.protected == Some(false) && production {
            let message = "the database can be deleted";
            resolving.find(&code::WEAKENED, &path.key("protected"), message);
        }
        self.protected.unwrap_or(production)
    }

    fn resolve_proxy(&self, path: &SpecPath, resolving: &mut Resolving<'_>) -> Option<Proxy> {
        let spec = self.proxy.as_ref()?;
        spec.resolve(self, &path.key(proxy::WORD), resolving)
    }

    fn resolve_rotation(&self, path: &SpecPath, resolving: &mut Resolving<'_>) -> Option<i64> {
        days_within(self.rotation, 1..=LONGEST_ROTATION, &path.key("rotation"), resolving)
    }

    fn resolve_copied(&self, path: &SpecPath, resolving: &mut Resolving<'_>) -> Option<CopyMethod> {
        let said = self.backup.as_ref().and_then(|backup| backup.vault);
        let path = path.key("backup").key("vault");
        backup::resolve_choice(said, CopyMethod::Snapshots, &path, resolving)
    }

    fn resolve_insights(
        &self,
        instance: &str,
        path: &SpecPath,
        resolving: &mut Resolving<'_>,
    ) -> Insights {
        let possible = self.engine.has_insights_on(instance);
        match self.insights {
            None if possible => Insights::Standard,
            None => Insights::Off,
            Some(insights) => {
                if insights != Insights::Off && !possible {
                    let message = format!("there are no insights on {instance}");
                    resolving.find(&code::IMPOSSIBLE, &path.key("insights"), message);
                }
                insights
            }
        }
    }

    fn check_logs(&self, path: &SpecPath, resolving: &mut Resolving<'_>) {
        let exports = self.logs.as_ref().and_then(|logs| logs.exports.as_ref());
        let path = path.key("logs").key("exports");
        for (place, export) in exports.into_iter().flatten().enumerate() {
            if !self.engine.logs().contains(export) {
                let known = self.engine.logs().iter().map(|log| log.word());
                let message = format!("{} has no log `{}`", self.engine.word(), export.word());
                let help = format!("it has {}", platgen_source::diagnostics::listed(known));
                resolving.find_with(&code::IMPOSSIBLE, &path.index(place), message, help);
            }
        }
    }
}

impl Parameter {
    fn at_once(value: &str) -> Self {
        Self { value: value.to_owned(), apply: Apply::Immediate }
    }
}
