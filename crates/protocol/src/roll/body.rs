use domain::{DeviceId, MemberId};

use super::rights::{Rights, StoreKind};
use crate::Error;
use crate::compartments::Compartment;
use crate::device::DevicePublicKeys;
use crate::encoding::{Hash, Reader, Writer};
use crate::hpke::PublicKey;
use crate::kit::KitPublicKeys;
use crate::log::LogHead;
use crate::signing::VerifyingKey;

/// What an entry does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Begins the roll.
    Genesis(Genesis),
    /// Gives keys to a device, or changes what it has.
    Grant(Grant),
    /// Takes a device off the roll for ever.
    Revoke(DeviceId),
    /// Narrows what a device has.
    Restrict(DeviceId, Rights),
    /// Announces the next generation of a compartment's key.
    Rotate(Compartment, u32, PublicKey),
    /// Says that nothing is sealed to a generation any more.
    Retire(Compartment, u32),
    /// Adds a compartment of the school's own.
    Compartment(Compartment, PublicKey),
    /// Replaces the recovery kit.
    Kit(KitPublicKeys),
    /// Accepts that the database was restored from a backup: the log before and after.
    RestoreAccept(LogHead, LogHead),
    /// Replaces the server's identity.
    ServerKey(VerifyingKey),
    /// Lets a third-party system receive what is sealed to it.
    Integration(Integration),
    /// Sets a rule of the school, by name.
    Policy(String, String),
    /// Confirms a grant that waits: its number and its head.
    Endorse(u64, Hash),
}

/// The first entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genesis {
    /// The first device.
    pub device: DeviceId,
    /// Whose it is.
    pub member: MemberId,
    /// Its keys.
    pub keys: DevicePublicKeys,
    /// Where it keeps its seed.
    pub store_kind: StoreKind,
    /// The server's identity.
    pub server: VerifyingKey,
    /// The recovery kit.
    pub kit: KitPublicKeys,
    /// The compartments and the first generation of their keys, sorted by name.
    pub compartments: Vec<(Compartment, PublicKey)>,
}

/// A device's place on the roll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The device.
    pub device: DeviceId,
    /// Whose it is.
    pub member: MemberId,
    /// Its keys.
    pub keys: DevicePublicKeys,
    /// Where it keeps its seed.
    pub store_kind: StoreKind,
    /// What it may open and do.
    pub rights: Rights,
}

/// A third-party system that receives a sealed feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Integration {
    /// The client.
    pub client: [u8; 16],
    /// What it receives is sealed to this key.
    pub kem: PublicKey,
    /// From which compartments.
    pub compartments: Vec<Compartment>,
    /// Which fields, sorted.
    pub fields: Vec<String>,
    /// Which records, in the words of the server's filter.
    pub filter: String,
    /// Until when, in Unix seconds.
    pub expires: u64,
}

impl Body {
    /// The kind, as the entry names it.
    pub const fn kind(&self) -> &'static str {
        self.label().split_at("roll-".len()).1
    }

    const fn label(&self) -> &'static str {
        match self {
            Self::Genesis(_) => "roll-genesis",
            Self::Grant(_) => "roll-grant",
            Self::Revoke(_) => "roll-revoke",
            Self::Restrict(..) => "roll-restrict",
            Self::Rotate(..) => "roll-rotate",
            Self::Retire(..) => "roll-retire",
            Self::Compartment(..) => "roll-compartment",
            Self::Kit(_) => "roll-kit",
            Self::RestoreAccept(..) => "roll-restore-accept",
            Self::ServerKey(_) => "roll-server-key",
            Self::Integration(_) => "roll-integration",
            Self::Policy(..) => "roll-policy",
            Self::Endorse(..) => "roll-endorse",
        }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let writer = Writer::new(self.label());
        match self {
            Self::Genesis(genesis) => {
                let names: Vec<_> = genesis.compartments.iter().map(|(name, _)| name).collect();
                let keys: Vec<u8> = genesis
                    .compartments
                    .iter()
                    .flat_map(|(_, key)| *key.as_bytes())
                    .collect();
                write_device(
                    writer,
                    genesis.device,
                    genesis.member,
                    &genesis.keys,
                    genesis.store_kind,
                )
                .field(genesis.server.as_bytes())
                .field(genesis.kit.sign.as_bytes())
                .field(genesis.kit.kem.as_bytes())
                .names(&names)
                .field(&keys)
            }
            Self::Grant(grant) => grant.rights.write(write_device(
                writer,
                grant.device,
                grant.member,
                &grant.keys,
                grant.store_kind,
            )),
            Self::Revoke(device) => writer.id(*device),
            Self::Restrict(device, rights) => rights.write(writer.id(*device)),
            Self::Rotate(compartment, generation, key) => writer
                .text(compartment.name())
                .u32(*generation)
                .field(key.as_bytes()),
            Self::Retire(compartment, generation) => {
                writer.text(compartment.name()).u32(*generation)
            }
            Self::Compartment(compartment, key) => {
                writer.text(compartment.name()).field(key.as_bytes())
            }
            Self::Kit(kit) => writer.field(kit.sign.as_bytes()).field(kit.kem.as_bytes()),
            Self::RestoreAccept(before, after) => writer
                .u64(before.length)
                .field(&before.head)
                .u64(after.length)
                .field(&after.head),
            Self::ServerKey(key) => writer.field(key.as_bytes()),
            Self::Integration(integration) => writer
                .field(&integration.client)
                .field(integration.kem.as_bytes())
                .names(&integration.compartments)
                .names(&integration.fields)
                .text(&integration.filter)
                .u64(integration.expires),
            Self::Policy(name, value) => writer.text(name).text(value),
            Self::Endorse(seq, head) => writer.u64(*seq).field(head),
        }
        .finish()
    }

    pub(super) fn decode(kind: &str, bytes: &[u8]) -> Result<Self, Error> {
        let open = |label| Reader::new(bytes, label);
        let (body, reader) = match kind {
            "genesis" => {
                let mut reader = open("roll-genesis")?;
                (Self::Genesis(read_genesis(&mut reader)?), reader)
            }
            "grant" => {
                let mut reader = open("roll-grant")?;
                let (device, member, keys, store_kind) = read_device(&mut reader)?;
                let rights = Rights::read(&mut reader)?;
                (
                    Self::Grant(Grant {
                        device,
                        member,
                        keys,
                        store_kind,
                        rights,
                    }),
                    reader,
                )
            }
            "revoke" => {
                let mut reader = open("roll-revoke")?;
                (Self::Revoke(reader.id()?), reader)
            }
            "restrict" => {
                let mut reader = open("roll-restrict")?;
                (
                    Self::Restrict(reader.id()?, Rights::read(&mut reader)?),
                    reader,
                )
            }
            "rotate" => {
                let mut reader = open("roll-rotate")?;
                let body = Self::Rotate(
                    reader.text()?.parse()?,
                    reader.u32()?,
                    PublicKey::from_bytes(reader.array()?),
                );
                (body, reader)
            }
            "retire" => {
                let mut reader = open("roll-retire")?;
                (Self::Retire(reader.text()?.parse()?, reader.u32()?), reader)
            }
            "compartment" => {
                let mut reader = open("roll-compartment")?;
                let body = Self::Compartment(
                    reader.text()?.parse()?,
                    PublicKey::from_bytes(reader.array()?),
                );
                (body, reader)
            }
            "kit" => {
                let mut reader = open("roll-kit")?;
                (Self::Kit(read_kit(&mut reader)?), reader)
            }
            "restore-accept" => {
                let mut reader = open("roll-restore-accept")?;
                let mut head = || -> Result<LogHead, Error> {
                    Ok(LogHead {
                        length: reader.u64()?,
                        head: reader.array()?,
                    })
                };
                (Self::RestoreAccept(head()?, head()?), reader)
            }
            "server-key" => {
                let mut reader = open("roll-server-key")?;
                let key = VerifyingKey::from_bytes(reader.array()?);
                (Self::ServerKey(key), reader)
            }
            "integration" => {
                let mut reader = open("roll-integration")?;
                (Self::Integration(read_integration(&mut reader)?), reader)
            }
            "policy" => {
                let mut reader = open("roll-policy")?;
                let body = Self::Policy(reader.text()?.to_owned(), reader.text()?.to_owned());
                (body, reader)
            }
            "endorse" => {
                let mut reader = open("roll-endorse")?;
                (Self::Endorse(reader.u64()?, reader.array()?), reader)
            }
            _ => return Err(Error::Malformed("roll")),
        };
        reader.finish()?;
        Ok(body)
    }
}

fn write_device(
    writer: Writer,
    device: DeviceId,
    member: MemberId,
    keys: &DevicePublicKeys,
    store_kind: StoreKind,
) -> Writer {
    writer
        .id(device)
        .id(member)
        .field(keys.sign.as_bytes())
        .field(keys.kem.as_bytes())
        .text(store_kind.name())
}

fn read_device(
    reader: &mut Reader<'_>,
) -> Result<(DeviceId, MemberId, DevicePublicKeys, StoreKind), Error> {
    Ok((
        reader.id()?,
        reader.id()?,
        DevicePublicKeys {
            sign: VerifyingKey::from_bytes(reader.array()?),
            kem: PublicKey::from_bytes(reader.array()?),
        },
        reader.text()?.parse()?,
    ))
}

fn read_kit(reader: &mut Reader<'_>) -> Result<KitPublicKeys, Error> {
    Ok(KitPublicKeys {
        sign: VerifyingKey::from_bytes(reader.array()?),
        kem: PublicKey::from_bytes(reader.array()?),
    })
}

fn read_genesis(reader: &mut Reader<'_>) -> Result<Genesis, Error> {
    let (device, member, keys, store_kind) = read_device(reader)?;
    let server = VerifyingKey::from_bytes(reader.array()?);
    let kit = read_kit(reader)?;
    let names: Vec<Compartment> = parse_names(reader)?;
    let (keys_of_compartments, rest) = reader.field()?.as_chunks::<32>();
    if !rest.is_empty() || keys_of_compartments.len() != names.len() {
        return Err(Error::Malformed("roll"));
    }
    let public_keys = keys_of_compartments.iter().copied();
    Ok(Genesis {
        device,
        member,
        keys,
        store_kind,
        server,
        kit,
        compartments: names
            .into_iter()
            .zip(public_keys.map(PublicKey::from_bytes))
            .collect(),
    })
}

fn read_integration(reader: &mut Reader<'_>) -> Result<Integration, Error> {
    Ok(Integration {
        client: reader.array()?,
        kem: PublicKey::from_bytes(reader.array()?),
        compartments: parse_names(reader)?,
        fields: reader.names()?.into_iter().map(str::to_owned).collect(),
        filter: reader.text()?.to_owned(),
        expires: reader.u64()?,
    })
}

fn parse_names(reader: &mut Reader<'_>) -> Result<Vec<Compartment>, Error> {
    reader.names()?.into_iter().map(str::parse).collect()
}
