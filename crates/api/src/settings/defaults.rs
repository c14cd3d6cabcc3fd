use domain::CategoryId;
use protocol::compartments::Compartment;
use store::schema::category;
use store::{Result, Tx};

use diesel::prelude::*;

/// A category as a new school gets it; the school changes the list as it likes.
struct Default {
    name: &'static str,
    colour: &'static str,
    help: &'static str,
    compartment: Compartment,
    high_priority: bool,
    narrower: &'static [(&'static str, &'static str)],
}

/// The list that a new school begins with: the four kinds of abuse as `Keeping children safe in
/// education` names them, the safeguarding issues that it lists, and what a school sees every day.
const DEFAULTS: [Default; 17] = [
    Default {
        name: "Physical abuse",
        colour: "#b42318",
        help: "Hitting, shaking, burning or otherwise hurting a child; injuries that the story does not explain.",
        compartment: Compartment::SAFEGUARDING,
        high_priority: true,
        narrower: &[
            (
                "Injury without a good explanation",
                "A mark or injury that the child or parent cannot explain, or explains in different ways.",
            ),
            (
                "Child says they were hurt",
                "What the child says, in their own words. Do not ask leading questions.",
            ),
        ],
    },
    Default {
        name: "Emotional abuse",
        colour: "#c4320a",
        help: "Being made to feel worthless, frightened or unloved, again and again; seeing or hearing others ill-treated.",
        compartment: Compartment::SAFEGUARDING,
        high_priority: true,
        narrower: &[],
    },
    Default {
        name: "Sexual abuse",
        colour: "#9e165f",
        help: "Any sexual activity with a child, by an adult or another child, with or without contact, online or not.",
        compartment: Compartment::SAFEGUARDING,
        high_priority: true,
        narrower: &[
            (
                "Child says so",
                "What the child says, in their own words. Do not ask leading questions.",
            ),
            (
                "Sexualised behaviour or language",
                "Beyond what is usual at the child's age.",
            ),
        ],
    },
    Default {
        name: "Neglect",
        colour: "#93370d",
        help: "Not enough food, warmth, clean clothes, medical care or supervision, over time.",
        compartment: Compartment::SAFEGUARDING,
        high_priority: true,
        narrower: &[
            (
                "Hunger",
                "Asks for or takes food, says there is none at home.",
            ),
            (
                "Clothing or hygiene",
                "Dirty, unwashed or unsuitable for the weather, more than once.",
            ),
            (
                "Medical needs not met",
                "Appointments, glasses, medicine or treatment that the child goes without.",
            ),
            (
                "Left without supervision",
                "Alone at home or outside, or not collected.",
            ),
        ],
    },
    Default {
        name: "Child on child",
        colour: "#7a2e98",
        help: "Abuse by another child: bullying, violence, sexual harassment or violence, sharing of intimate images, initiation.",
        compartment: Compartment::SAFEGUARDING,
        high_priority: true,
        narrower: &[
            (
                "Bullying",
                "Including because of race, faith, disability, sex, sexuality or gender.",
            ),
            ("Physical violence", "Fighting, hitting, threatening."),
            (
                "Sexual harassment",
                "Comments, touching, up-skirting, unwanted messages.",
            ),
            ("Sexual violence", "Tell a lead at once, in person."),
            (
                "Sharing of images",
                "Nude or semi-nude images. Do not look at, copy or forward them.",
            ),
        ],
    },
    Default {
        name: "Online safety",
        colour: "#175cd3",
        help: "What a child sees, does or is drawn into online.",
        compartment: Compartment::SAFEGUARDING,
        high_priority: false,
        narrower: &[
            (
                "Contact",
                "Grooming, or an adult who pretends to be a child.",
            ),
            (
                "Content",
                "Violence, pornography, self-harm, extremism, misinformation.",
            ),
            ("Conduct", "How the child behaves towards others online."),
            ("Money", "Gambling, scams, in-game spending."),
        ],
    },
    Default {
        name: "Exploitation",
        colour: "#6941c6",
        help: "A child is made use of for crime or sex: new things, older friends, missing times, a second phone.",
        compartment: Compartment::SAFEGUARDING,
        high_priority: true,
        narrower: &[
            (
                "Criminal exploitation",
                "Including county lines, gangs and serious violence.",
            ),
            (
                "Sexual exploitation",
                "Including gifts, lifts and older boyfriends or girlfriends.",
            ),
        ],
    },
    Default {
        name: "Domestic abuse",
        colour: "#a11043",
        help: "Abuse between adults or family members at home that the child sees, hears or suffers from.",
        compartment: Compartment::SAFEGUARDING,
        high_priority: true,
        narrower: &[(
            "Notice from the police",
            "A notice that officers attended, such as Operation Encompass.",
        )],
    },
    Default {
        name: "Mental health",
        colour: "#0e7090",
        help: "Anxiety, low mood, self-harm, thoughts of suicide, changes in eating or sleeping.",
        compartment: Compartment::SAFEGUARDING,
        high_priority: false,
        narrower: &[
            ("Self-harm", "Seen or spoken of."),
            (
                "Thoughts of suicide",
                "Do not leave the child alone; tell a lead at once, in person.",
            ),
            ("Eating", "Restricting, hiding food, being sick."),
        ],
    },
    Default {
        name: "Radicalisation",
        colour: "#344054",
        help: "Extremist views, symbols or contacts; the Prevent duty.",
        compartment: Compartment::SAFEGUARDING,
        high_priority: true,
        narrower: &[],
    },
    Default {
        name: "Honour-based abuse",
        colour: "#5925dc",
        help: "Female genital mutilation, forced marriage, breast flattening, control in the name of honour. Teachers must report known cases of FGM to the police themselves.",
        compartment: Compartment::SAFEGUARDING,
        high_priority: true,
        narrower: &[
            (
                "Female genital mutilation",
                "Long holidays to certain places, pain, change after absence. Do not examine a child.",
            ),
            (
                "Forced marriage",
                "Fear of a trip, engagement, withdrawal from school.",
            ),
        ],
    },
    Default {
        name: "Missing or absent",
        colour: "#854a0e",
        help: "Missing from home, care or school; absence that is long, repeated or not explained.",
        compartment: Compartment::SAFEGUARDING,
        high_priority: false,
        narrower: &[],
    },
    Default {
        name: "Family and home",
        colour: "#3b7c0f",
        help: "Separation, bereavement, illness, a parent in prison, young carers, housing, money.",
        compartment: Compartment::PASTORAL,
        high_priority: false,
        narrower: &[
            ("Bereavement or loss", "Somebody close has died or gone."),
            ("Young carer", "Looks after a parent, brother or sister."),
            (
                "Housing or money",
                "Homelessness, overcrowding, debt, no recourse to public funds.",
            ),
        ],
    },
    Default {
        name: "Drugs, alcohol, vaping",
        colour: "#4d7c0f",
        help: "Used, carried, sold or smelt; by the child, or by adults at home.",
        compartment: Compartment::SAFEGUARDING,
        high_priority: false,
        narrower: &[],
    },
    Default {
        name: "Attendance",
        colour: "#b54708",
        help: "Lateness and absence that is not yet a safeguarding matter.",
        compartment: Compartment::PASTORAL,
        high_priority: false,
        narrower: &[],
    },
    Default {
        name: "Behaviour and wellbeing",
        colour: "#088443",
        help: "A change in behaviour, friendship, mood or appearance that you noticed.",
        compartment: Compartment::PASTORAL,
        high_priority: false,
        narrower: &[
            ("Friendships", "Falling out, isolation."),
            ("Change in behaviour", "Withdrawn, angry, tired, tearful."),
        ],
    },
    Default {
        name: "Medical or accident",
        colour: "#026aa2",
        help: "An accident, illness, allergy or medicine that others should know of.",
        compartment: Compartment::PASTORAL,
        high_priority: false,
        narrower: &[],
    },
];

#[derive(Insertable)]
#[diesel(table_name = category)]
struct Row {
    school_id: domain::SchoolId,
    id: CategoryId,
    parent_id: Option<CategoryId>,
    name: &'static str,
    colour: &'static str,
    help: &'static str,
    compartment: String,
    high_priority: bool,
    position: i32,
}

/// Gives a new school the list of categories that it begins with.
///
/// # Errors
/// What the database says.
pub(crate) fn install(tx: &mut Tx<'_>) -> Result<()> {
    let mut position = 0;
    for broad in &DEFAULTS {
        let parent = tx.new_id();
        let narrower = broad
            .narrower
            .iter()
            .map(|(name, help)| (Some(parent), *name, *help));
        for (parent_id, name, help) in
            std::iter::once((None, broad.name, broad.help)).chain(narrower)
        {
            position += 1;
            let row = Row {
                school_id: tx.school(),
                id: if parent_id.is_none() {
                    parent
                } else {
                    tx.new_id()
                },
                parent_id,
                name,
                colour: broad.colour,
                help,
                compartment: broad.compartment.name().to_owned(),
                high_priority: broad.high_priority,
                position,
            };
            diesel::insert_into(category::table)
                .values(&row)
                .execute(tx.connection())?;
        }
    }
    Ok(())
}
