// Emoji in the groups of templates/inbox/_emoji_picker.html, each with English words to find it by:
// its name in Unicode and, for some, what people call it.
export const GROUPS = [
  `😀 grinning face happy
😃 smiling face with open mouth happy
😄 smiling face with open mouth and smiling eyes happy
😁 grinning face with smiling eyes
😆 smiling face with open mouth and tightly closed eyes
😅 smiling face with open mouth and cold sweat relief
🤣 rolling on the floor laughing lol laugh rofl
😂 face with tears of joy lol laugh
🙂 slightly smiling face happy
🙃 upside down face
🫠 melting face
😉 winking face wink
😊 smiling face with smiling eyes happy blush
😇 smiling face with halo angel
🥰 smiling face with smiling eyes and three hearts love
😍 smiling face with heart shaped eyes love
🤩 grinning face with star eyes wow
😘 face throwing a kiss
😗 kissing face
☺️ smiling face
😚 kissing face with closed eyes
😙 kissing face with smiling eyes
🥲 smiling face with tear
😋 face savouring delicious food
😛 face with stuck out tongue
😜 face with stuck out tongue and winking eye
🤪 grinning face with one large and one small eye
😝 face with stuck out tongue and tightly closed eyes
🤑 money mouth face
🤗 hugging face hug
🤭 smiling face with smiling eyes and hand covering mouth
🫢 face with open eyes and hand over mouth
🫣 face with peeking eye
🤫 face with finger covering closed lips
🤔 thinking face think hmm
🫡 saluting face salute yes
🤐 zipper mouth face
🤨 face with one eyebrow raised
😐 neutral face
😑 expressionless face
😶 face without mouth
🫥 dotted line face
😏 smirking face
😒 unamused face
🙄 face with rolling eyes annoyed
😬 grimacing face awkward oops
🤥 lying face
😌 relieved face
😔 pensive face sad
😪 sleepy face
🤤 drooling face
😴 sleeping face sleep tired
😷 face with medical mask ill sick
🤒 face with thermometer ill sick
🤕 face with head bandage
🤢 nauseated face
🤮 face with open mouth vomiting
🤧 sneezing face
🥵 overheated face
🥶 freezing face
🥴 face with uneven eyes and wavy mouth
😵 dizzy face
🤯 shocked face with exploding head wow
🤠 face with cowboy hat
🥳 face with party horn and party hat birthday
🥸 disguised face
😎 smiling face with sunglasses cool
🤓 nerd face
🧐 face with monocle
😕 confused face
🫤 face with diagonal mouth
😟 worried face
🙁 slightly frowning face sad
☹️ frowning face sad
😮 face with open mouth wow
😯 hushed face
😲 astonished face wow
😳 flushed face
🥺 face with pleading eyes please
🥹 face holding back tears
😦 frowning face with open mouth
😧 anguished face
😨 fearful face
😰 face with open mouth and cold sweat
😥 disappointed but relieved face
😢 crying face cry sad
😭 loudly crying face cry sad
😱 face screaming in fear scared
😖 confounded face
😣 persevering face
😞 disappointed face sad
😓 face with cold sweat
😩 weary face
😫 tired face
🥱 yawning face
😤 face with look of triumph
😡 pouting face angry
😠 angry face
🤬 serious face with symbols covering mouth
😈 smiling face with horns
👿 imp
💀 skull
💩 pile of poo poop
🤡 clown face
👻 ghost
👽 extraterrestrial alien
🤖 robot face
😺 smiling cat face with open mouth
😸 grinning cat face with smiling eyes
😹 cat face with tears of joy
😻 smiling cat face with heart shaped eyes
😼 cat face with wry smile
😽 kissing cat face with closed eyes
🙀 weary cat face
😿 crying cat face
😾 pouting cat face
🙈 see no evil monkey oops shy
🙉 hear no evil monkey
🙊 speak no evil monkey`,
  `👋 waving hand hello hi bye wave
🤚 raised back of hand
🖐️ raised hand with fingers splayed
✋ raised hand
🖖 raised hand with part between middle and ring fingers
🫱 rightwards hand
🫲 leftwards hand
👌 ok hand perfect
🤌 pinched fingers
🤏 pinching hand
✌️ victory hand peace
🤞 hand with index and middle fingers crossed luck
🫰 hand with index finger and thumb crossed
🤟 i love you hand
🤘 sign of the horns
🤙 call me hand
👈 white left pointing backhand index
👉 white right pointing backhand index
👆 white up pointing backhand index
👇 white down pointing backhand index
☝️ pointing up
🫵 index pointing at the viewer
👍 thumbs up like yes ok +1
👎 thumbs down dislike no -1
✊ raised fist
👊 fisted hand
🤛 left facing fist
🤜 right facing fist
👏 clapping hands bravo applause
🙌 person raising both hands in celebration hooray
🫶 heart hands
👐 open hands
🤲 palms up together
🤝 handshake deal agreement
🙏 folded hands please thanks pray
✍️ writing hand
💅 nail polish
🤳 selfie
💪 flexed biceps strong
🦾 mechanical arm
👂 ear
👃 nose
🧠 brain
👀 eyes look see
👁️ eye
👅 tongue
👄 mouth
👶 baby
🧒 child
👦 boy
👧 girl
🧑 adult
👱 person with blond hair
👨 man
🧔 bearded person
👩 woman
🧓 older adult
👴 older man
👵 older woman
🙍 frowning person
🙎 pouting person
🙅 no gesture
🙆 ok gesture
💁 information desk
🙋 raising hand
🧏 deaf person
🙇 bowing
🤦 facepalm oops
🤷 shrug dunno
👮 police officer
🕵️ detective
💂 guardsman
👷 construction worker
🤴 prince
👸 princess
🦸 superhero
🦹 supervillain
🧙 mage
🧚 fairy
🧛 vampire
🧜 merperson
🧝 elf
🧞 genie
🧟 zombie
💆 face massage
💇 haircut
🚶 pedestrian
🧍 standing person
🏃 runner
💃 dancing woman
🕺 dancing man
🧖 person in steamy room
🧗 person climbing
🏇 horse racing
⛷️ skier
🏂 snowboarder
🏄 surfer
🚣 rowboat
🏊 swimmer
🏋️ weight lifter
🚴 bicyclist
🤸 person doing cartwheel
🤹 juggling
🧘 person in lotus position
🛀 bath
🛌 sleeping accommodation
👭 two women holding hands
👫 man and woman holding hands
👬 two men holding hands
👪 family
🗣️ speaking head in silhouette
👤 bust in silhouette
👥 busts in silhouette
🫂 people hugging hug
👣 footprints`,
  `🐵 monkey face
🐒 monkey
🦍 gorilla
🐶 dog face
🐕 dog
🐩 poodle
🐺 wolf face
🦊 fox face
🦝 raccoon
🐱 cat face
🐈 cat
🦁 lion face
🐯 tiger face
🐴 horse face
🦄 unicorn face
🦓 zebra face
🦌 deer
🐮 cow face
🐷 pig face
🐗 boar
🐏 ram
🐑 sheep
🐐 goat
🐪 dromedary camel
🦙 llama
🦒 giraffe face
🐘 elephant
🦏 rhinoceros
🐭 mouse face
🐹 hamster face
🐰 rabbit face
🦔 hedgehog
🦇 bat
🐻 bear face
🐨 koala
🐼 panda face
🦥 sloth
🦦 otter
🦘 kangaroo
🐾 paw prints
🦃 turkey
🐔 chicken
🐣 hatching chick
🐤 baby chick
🐦 bird
🐧 penguin
🕊️ dove of peace
🦅 eagle
🦆 duck
🦢 swan
🦉 owl
🦩 flamingo
🦚 peacock
🦜 parrot
🐸 frog face
🐊 crocodile
🐢 turtle
🦎 lizard
🐍 snake
🐲 dragon face
🦖 t rex
🐳 spouting whale
🐬 dolphin
🦭 seal
🐟 fish
🐠 tropical fish
🦈 shark
🐙 octopus
🐚 spiral shell
🐌 snail
🦋 butterfly
🐛 bug
🐜 ant
🐝 honeybee
🐞 lady beetle
🦗 cricket
🕷️ spider
🦂 scorpion
🦟 mosquito
🌸 cherry blossom
💐 bouquet
🌹 rose
🌺 hibiscus
🌻 sunflower
🌼 blossom
🌷 tulip
🌱 seedling
🪴 potted plant
🌲 evergreen tree
🌳 deciduous tree
🌴 palm tree
🌵 cactus
🌾 ear of rice
🌿 herb
🍀 four leaf clover luck
🍁 maple leaf
🍂 fallen leaf
🍃 leaf fluttering in wind
🍄 mushroom
🌍 earth globe europe africa
🌎 earth globe americas
🌏 earth globe asia australia
🌙 crescent moon
🌛 first quarter moon with face
☀️ sun
🌝 full moon with face
⭐ star favorite
🌟 glowing star favorite
🌠 shooting star
☁️ cloud
⛅ sun behind cloud
⛈️ thunder cloud and rain
🌧️ cloud with rain
❄️ snowflake
☃️ snowman
⛄ snowman without snow
⚡ lightning
🔥 fire hot lit
💧 droplet
🌊 water wave
🌈 rainbow
☔ umbrella rain`,
  `🍇 grapes
🍈 melon
🍉 watermelon
🍊 tangerine
🍋 lemon
🍌 banana
🍍 pineapple
🥭 mango
🍎 red apple
🍏 green apple
🍐 pear
🍑 peach
🍒 cherries
🍓 strawberry
🫐 blueberries
🥝 kiwifruit
🍅 tomato
🥥 coconut
🥑 avocado
🍆 aubergine
🥔 potato
🥕 carrot
🌽 ear of maize
🌶️ hot pepper
🥒 cucumber
🥬 leafy green
🥦 broccoli
🧄 garlic
🧅 onion
🥜 peanuts
🍞 bread
🥐 croissant
🥖 baguette bread
🥨 pretzel
🥯 bagel
🥞 pancakes
🧇 waffle
🧀 cheese wedge
🍖 meat on bone
🍗 poultry leg
🥩 cut of meat
🥓 bacon
🍔 hamburger
🍟 french fries
🍕 slice of pizza
🌭 hot dog
🥪 sandwich
🌮 taco
🌯 burrito
🥙 stuffed flatbread
🥚 egg
🍳 cooking
🥘 shallow pan of food
🍲 pot of food
🥣 bowl with spoon
🥗 green salad
🍿 popcorn
🧈 butter
🥫 canned food
🍱 bento box
🍘 rice cracker
🍙 rice ball
🍚 cooked rice
🍛 curry and rice
🍜 steaming bowl
🍝 spaghetti
🍣 sushi
🍤 fried shrimp
🥟 dumpling
🥡 takeout box
🦀 crab
🦞 lobster
🦐 shrimp
🍦 soft ice cream
🍩 doughnut
🍪 cookie
🎂 birthday cake
🍰 shortcake
🧁 cupcake
🥧 pie
🍫 chocolate bar
🍬 candy
🍭 lollipop
🍯 honey pot
🍼 baby bottle
🥛 glass of milk
☕ hot beverage coffee
🍵 teacup without handle
🍷 wine glass
🍸 cocktail glass
🍹 tropical drink
🍺 beer mug
🍻 clinking beer mugs
🥂 clinking glasses
🥃 tumbler glass
🧃 beverage box
🧉 mate drink
🧊 ice cube
🍽️ fork and knife with plate
🍴 fork and knife
🥄 spoon`,
  `🗺️ world map
🧭 compass
🏔️ snow capped mountain
⛰️ mountain
🌋 volcano
🏕️ camping
🏖️ beach with umbrella
🏜️ desert
🏝️ desert island
🏟️ stadium
🏛️ classical building
🏗️ building construction
🧱 brick
🏘️ house buildings
🏠 house building
🏡 house with garden
🏢 office building
🏣 japanese post office
🏥 hospital
🏦 bank
🏨 hotel
🏪 convenience store
🏫 school
🏬 department store
🏭 factory
🏰 european castle
🗼 tokyo tower
🗽 statue of liberty
⛪ church
🕌 mosque
🕍 synagogue
⛲ fountain
⛺ tent
🌃 night with stars
🌅 sunrise
🌆 cityscape at dusk
🌉 bridge at night
🎠 carousel horse
🎡 ferris wheel
🎢 roller coaster
🎪 circus tent
🚂 steam locomotive
🚄 high speed train
🚇 metro
🚌 bus
🚑 ambulance
🚒 fire engine
🚓 police car
🚕 taxi
🚗 automobile
🚙 recreational vehicle
🛻 pickup truck
🚚 delivery truck shipping
🚛 articulated lorry
🚜 tractor
🏍️ racing motorcycle
🛵 motor scooter
🚲 bicycle
🛴 scooter
🚏 bus stop
🛣️ motorway
⛽ fuel pump
🚨 police cars revolving light
🚦 vertical traffic light
🛑 octagonal
🚧 construction
⚓ anchor
⛵ sailboat
🛶 canoe
🚤 speedboat
🚢 ship
✈️ airplane
🛫 airplane departure
🛬 airplane arriving
🪂 parachute
🚁 helicopter
🚀 rocket launch fast ship
🛸 flying saucer
🧳 luggage
⌛ hourglass wait time
⏳ hourglass with flowing sand wait time
⌚ watch
⏰ alarm clock time
⏱️ stopwatch
🕛 clock face twelve oclock time
🌡️ thermometer
🪐 ringed planet`,
  `🎃 jack o lantern
🎄 christmas tree
🎆 fireworks
🎇 firework sparkler
🧨 firecracker
✨ sparkles new magic
🎈 balloon
🎉 party popper congratulations hooray
🎊 confetti ball congratulations
🎋 tanabata tree
🎍 pine decoration
🎁 wrapped present gift
🎀 ribbon
🎗️ reminder ribbon
🎟️ admission tickets
🎫 ticket
🎖️ military medal
🏆 trophy
🏅 sports medal
🥇 first place medal
🥈 second place medal
🥉 third place medal
⚽ football soccer
⚾ baseball
🏀 basketball and hoop
🏐 volleyball
🏈 american football
🏉 rugby football
🎾 tennis racquet and ball
🎳 bowling
🏏 cricket bat and ball
🏓 table tennis paddle and ball
🏸 badminton racquet and shuttlecock
🥊 boxing glove
🥋 martial arts uniform
🥅 goal net
⛳ flag in hole
⛸️ ice skate
🎣 fishing pole and fish
🎿 ski and ski boot
🛷 sled
🎯 direct hit
🎱 billiards
🎮 video game
🎲 game die
🧩 jigsaw puzzle piece
🧸 teddy bear
♟️ chess pawn
🎭 performing arts
🎨 artist palette
🧵 spool of thread
🧶 ball of yarn
🎤 microphone
🎧 headphone
🎵 musical note
🎶 multiple musical notes
🎷 saxophone
🎸 guitar
🎹 musical keyboard
🎺 trumpet
🎻 violin
🥁 drum with drumsticks
🎬 clapper board`,
  `👓 eyeglasses
🕶️ dark sunglasses
🥽 goggles
🥼 lab coat
👔 necktie
👕 t shirt
👖 jeans
🧣 scarf
🧤 gloves
🧥 coat
🧦 socks
👗 dress
👙 bikini
👚 womans clothes
👛 purse
👜 handbag
🎒 school satchel
👞 mans shoe
👟 athletic shoe
👠 high heeled shoe
👢 womans boots
👑 crown
👒 womans hat
🎩 top hat
🎓 graduation cap
🧢 billed cap
💄 lipstick
💍 ring
💎 gem stone
🔇 speaker with cancellation stroke
🔈 speaker
🔊 speaker with three sound waves
📢 public address loudspeaker
📣 cheering megaphone
🔔 bell
🔕 bell with cancellation stroke
📻 radio
📱 mobile phone
☎️ telephone
📞 telephone receiver call phone
🔋 battery
🔌 electric plug
💻 personal computer
🖥️ desktop computer
🖨️ printer
⌨️ keyboard
🖱️ computer mouse
💾 floppy disk
💿 optical disc
📷 camera photo
📸 camera with flash photo
📹 video camera
🎥 movie camera
📺 television
🔍 left pointing magnifying glass search
🔎 right pointing magnifying glass search
💡 electric light bulb idea
🔦 electric torch
📔 notebook with decorative cover
📕 closed book
📖 open book
📚 books
📓 notebook
📄 page facing up
📰 newspaper
🔖 bookmark
🏷️ label
💰 money bag
💵 banknote with dollar money
💶 banknote with euro money
💷 banknote with pound
💳 credit card payment
🧾 receipt invoice bill
✉️ envelope mail letter
📧 e mail symbol
📨 incoming envelope
📩 envelope with downwards arrow above
📤 outbox tray
📥 inbox tray
📦 package parcel delivery
📫 closed mailbox with raised flag
📮 postbox
🗳️ ballot box with ballot
✏️ pencil
🖊️ lower left ballpoint pen
🖌️ lower left paintbrush
📝 memo
💼 briefcase
📁 file folder
📂 open file folder
📅 calendar date
📆 tear off calendar date
📈 chart with upwards trend
📉 chart with downwards trend
📊 bar chart
📋 clipboard
📌 pushpin pin
📍 round pushpin
📎 paperclip attachment
📏 straight ruler
📐 triangular ruler
✂️ scissors
🗑️ wastebasket
🔒 lock secure
🔓 open lock
🔑 key password
🔨 hammer
🪛 screwdriver
🔧 wrench fix
⚙️ gear
⚖️ scales
🔗 link symbol url
🧰 toolbox
🧲 magnet
🧪 test tube
🔬 microscope
🔭 telescope
📡 satellite antenna
💉 syringe
💊 pill
🩹 adhesive bandage
🚪 door
🛏️ bed
🛋️ couch and lamp
🚽 toilet
🚿 shower
🛁 bathtub
🧹 broom
🧺 basket
🧻 roll of paper
🧼 bar of soap
🧽 sponge
🛒 shopping trolley cart shop`,
  `❤️ red heart love
🧡 orange heart
💛 yellow heart
💚 green heart
💙 blue heart
💜 purple heart
🤎 brown heart
🖤 black heart
🤍 white heart
💔 broken heart sad
❣️ heart exclamation
💕 two hearts
💞 revolving hearts
💓 beating heart
💗 growing heart
💖 sparkling heart
💘 heart with arrow
💝 heart with ribbon
💟 heart decoration
💌 love letter
💯 hundred points symbol perfect
💢 anger symbol
💥 collision symbol
💫 dizzy symbol
💦 splashing sweat symbol
💨 dash symbol
🕳️ hole
💬 speech balloon
💭 thought balloon
💤 sleeping symbol
✅ white heavy check mark done yes
☑️ check box
✔️ check mark done yes
❌ cross mark no wrong
❎ negative squared cross mark
➕ heavy plus
➖ heavy minus
➗ heavy division
✖️ multiply
❓ question mark
❔ white question mark
❗ exclamation mark
❕ white exclamation mark
‼️ double exclamation
⁉️ exclamation question
⚠️ warning caution
🚫 no entry
⛔ no entry
🔞 no one under eighteen
📵 no mobile phones
♻️ recycling
🔱 trident emblem
🔰 japanese symbol for beginner
⭕ heavy large circle
🆗 squared ok
🆕 squared new
🆓 squared free
🆒 squared cool
🆘 squared sos
🆙 squared up with exclamation mark
🔝 top with upwards arrow above
🔙 back with leftwards arrow above
🔜 soon with rightwards arrow above
🔛 on with exclamation mark with left right arrow above
⬆️ up arrow
↗️ up right arrow
➡️ right arrow
↘️ down right arrow
⬇️ down arrow
↙️ down left arrow
⬅️ left arrow
↖️ up left arrow
↕️ up down arrow
↔️ left right arrow
↩️ arrow curving left return
↪️ arrow curving right
🔄 anticlockwise downwards and upwards open circle arrows refresh return
▶️ play
⏸️ pause
⏹️ stop
⏩ fast forward
⏪ rewind
🔀 twisted rightwards arrows
🔁 clockwise rightwards and leftwards open circle arrows
🔅 dim
🔆 bright
📶 antenna with bars
♾️ infinity
🔟 keycap ten
🔴 large red circle
🟠 orange circle
🟡 large yellow circle
🟢 large green circle
🔵 large blue circle
🟣 large purple circle
🟤 large brown circle
⚫ black circle
⚪ white circle
🟥 large red square
🟧 large orange square
🟨 large yellow square
🟩 large green square
🟦 large blue square
🟪 large purple square
⬛ black square
⬜ white square
🔶 large orange diamond
🔷 large blue diamond
🔺 up pointing red triangle
🔻 down pointing red triangle
🏁 chequered flag
🚩 triangular flag on post
🏴 black flag
🏳️ white flag
©️ copyright
®️ registered
™️ trade mark`,
].map((group) => group.split("\n"));
